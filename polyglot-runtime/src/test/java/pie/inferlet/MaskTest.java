package pie.inferlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Hold the algebra of run lengths against bits. */
class MaskTest {
    private static final int FAR = Integer.MAX_VALUE;

    private static BitSet bits(Mask mask) {
        var bits = new BitSet();
        for (int i : mask.indices()) {
            bits.set(i);
        }
        return bits;
    }

    private static Mask random(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Mask.fromBrle(random.ints(random.nextInt(6), 0, 9).toArray());
            case 1 -> Mask.ids(random.ints(random.nextInt(9), 0, 30).toArray());
            default -> {
                var ranges = new ArrayList<int[]>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    int from = random.nextInt(30);
                    ranges.add(new int[] {from, from + random.nextInt(8)});
                }
                yield Mask.ranges(ranges);
            }
        };
    }

    @Test
    void algebraEqualsThatOfBits() {
        var random = new Random(3);
        for (int round = 0; round < 3000; round++) {
            Mask a = random(random);
            Mask b = random(random);
            int n = random.nextInt(45);
            BitSet and = bits(a);
            and.and(bits(b));
            assertThat(bits(a.and(b))).as("%s and %s", a, b).isEqualTo(and);
            BitSet or = bits(a);
            or.or(bits(b));
            assertThat(bits(a.or(b))).as("%s or %s", a, b).isEqualTo(or);
            BitSet not = bits(a);
            not.flip(0, n);
            not.clear(n, Math.max(n, not.length()));
            assertThat(bits(a.not(n))).as("not %s in %s", a, n).isEqualTo(not);
            assertThat(a.count()).isEqualTo(bits(a).cardinality());
            int index = random.nextInt(40);
            assertThat(a.contains(index)).isEqualTo(bits(a).get(index));
            BitSet cut = bits(a);
            cut.clear(n, Math.max(n, cut.length()));
            assertThat(BitSet.valueOf(a.words(n))).isEqualTo(cut);
            assertThat(bits(Mask.fromBrle(a.toBrle(n)))).isEqualTo(cut);
        }
    }

    @Test
    void masksThatReachFarCostLittle() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Mask far = Mask.range(0, FAR).and(Mask.range(5, FAR)).or(Mask.ids(1, FAR - 1));
        assertThat(far.count()).isEqualTo(FAR - 4);
        assertThat(far.not(FAR).count()).isEqualTo(4);
        assertThat(Mask.ranges(List.of(new int[] {FAR - 2, FAR})).toBrle(FAR)).containsExactly(FAR - 2, 2);
        assertThat(far.words(100)).hasSize(2);
        assertThatThrownBy(far::indices)
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("mask");
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
    }
}
