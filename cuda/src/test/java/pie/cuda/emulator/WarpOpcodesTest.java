package pie.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lanes of a warp, and the warps of a block, do together. */
@ExtendWith(Emulator.class)
final class WarpOpcodesTest {
    private static final int THREADS = 128;
    private static final String PROLOGUE =
            Ptx.element("%o1", "%a1", 4) + "ld.global.u32 %r1, [%o1];\nmov.u32 %r2, %tid.x;\nmov.u32 %r3, %laneid;\n";
    private static final String EPILOGUE = Ptx.element("%o0", "%a0", 4) + "st.global.u32 [%o0], %r9;\n";

    private Ptx ptx;

    @BeforeEach
    void open() {
        ptx = Ptx.open();
    }

    @AfterEach
    void close() {
        ptx.close();
    }

    interface Expected {
        int of(int[] in, int thread);
    }

    private void check(String body, long seed, int range, Expected expected) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] in = random.ints(THREADS, 0, range).toArray();
        ByteBuffer out = Ptx.bytes(4 * THREADS);
        ByteBuffer source = Ptx.bytes(4 * THREADS);
        for (int i = 0; i < THREADS; i++) {
            source.putInt(4 * i, in[i]);
        }
        int status = ptx.run(Ptx.kernel(2, PROLOGUE + body + EPILOGUE), 1, THREADS, 0, out, source);
        assertThat(status).as("%s", Emulator.findings()).isZero();
        for (int i = 0; i < THREADS; i++) {
            assertThat(out.getInt(4 * i)).as("thread %d", i).isEqualTo(expected.of(in, i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16})
    void shuffles(int by) {
        check("shfl.sync.bfly.b32 %r9, %r1, " + by + ", 31, -1;\n", by, 1000, (in, t) -> in[t ^ by]);
        check("shfl.sync.up.b32 %r9, %r1, " + by + ", 0, -1;\n", by, 1000, (in, t) -> in[t % 32 < by ? t : t - by]);
        check(
                "shfl.sync.down.b32 %r9, %r1, " + by + ", 31, -1;\n",
                by,
                1000,
                (in, t) -> in[t % 32 + by > 31 ? t : t + by]);
        check("shfl.sync.idx.b32 %r9, %r1, " + by + ", 31, -1;\n", by, 1000, (in, t) -> in[t / 32 * 32 + by]);
        // groups of 8: clamp 31, segment mask 24
        check(
                "shfl.sync.idx.b32 %r9, %r1, " + by % 8 + ", " + (24 << 8 | 31) + ", -1;\n",
                by,
                1000,
                (in, t) -> in[t / 8 * 8 + by % 8]);
        check(
                "shfl.sync.down.b32 %r8|%p1, %r1, " + by + ", 31, -1;\nselp.u32 %r9, %r8, 77, %p1;\n",
                by,
                1000,
                (in, t) -> t % 32 + by > 31 ? 77 : in[t + by]);
    }

    @Test
    void votesAndMatches() {
        check(
                "setp.gt.u32 %p1, %r1, 5;\nvote.sync.ballot.b32 %r9, %p1, -1;\n",
                1, 10, (in, t) -> {
                    int ballot = 0;
                    for (int l = 0; l < 32; l++) {
                        ballot |= (in[t / 32 * 32 + l] > 5 ? 1 : 0) << l;
                    }
                    return ballot;
                });
        check(
                "setp.lt.u32 %p1, %r1, 9;\nvote.sync.all.pred %p2, %p1, -1;\nselp.u32 %r9, 1, 0, %p2;\n",
                2, 10, (in, t) -> {
                    boolean all = true;
                    for (int l = 0; l < 32; l++) {
                        all &= in[t / 32 * 32 + l] < 9;
                    }
                    return all ? 1 : 0;
                });
        check(
                "setp.eq.u32 %p1, %r1, 40;\nvote.sync.any.pred %p2, %p1, -1;\nselp.u32 %r9, 1, 0, %p2;\n",
                3, 60, (in, t) -> {
                    boolean any = false;
                    for (int l = 0; l < 32; l++) {
                        any |= in[t / 32 * 32 + l] == 40;
                    }
                    return any ? 1 : 0;
                });
        check(
                "match.any.sync.b32 %r9, %r1, -1;\n",
                4, 6, (in, t) -> {
                    int same = 0;
                    for (int l = 0; l < 32; l++) {
                        same |= (in[t / 32 * 32 + l] == in[t] ? 1 : 0) << l;
                    }
                    return same;
                });
    }

    @ParameterizedTest
    @CsvSource({"add.s32", "min.u32", "max.s32", "or.b32", "xor.b32"})
    void reductions(String operation) {
        check("redux.sync." + operation + " %r9, %r1, -1;\n", 5, 1 << 20, (in, t) -> {
            int v = in[t / 32 * 32];
            for (int l = 1; l < 32; l++) {
                int x = in[t / 32 * 32 + l];
                v = switch (operation) {
                    case "add.s32" -> v + x;
                    case "min.u32" -> Math.min(v, x);
                    case "max.s32" -> Math.max(v, x);
                    case "or.b32" -> v | x;
                    default -> v ^ x;
                };
            }
            return v;
        });
    }

    @Test
    void divergentLanesMeetAgain() {
        // a loop whose trip count differs by lane, with a branch in its body; then all lanes shuffle
        String body = """
                and.b32 %r4, %r1, 15;
                mov.u32 %r5, 0;
                LOOP:
                setp.ge.u32 %p1, %r5, %r4;
                @%p1 bra OUT;
                and.b32 %r6, %r5, 1;
                setp.eq.u32 %p2, %r6, 0;
                @%p2 bra EVEN;
                add.u32 %r1, %r1, 1000;
                bra NEXT;
                EVEN:
                add.u32 %r1, %r1, 1;
                NEXT:
                add.u32 %r5, %r5, 1;
                bra LOOP;
                OUT:
                shfl.sync.bfly.b32 %r9, %r1, 1, 31, -1;
                """;
        check(body, 6, 1 << 16, (in, t) -> {
            int other = in[t ^ 1];
            int trips = other & 15;
            return other + (trips + 1) / 2 + trips / 2 * 1000;
        });
    }

    @Test
    void someLanesShuffleAmongThemselves() {
        // lanes 0 to 15 exchange under their own mask while the others go another way
        String body = """
                mov.u32 %r9, 5;
                setp.lt.u32 %p1, %r3, 16;
                @!%p1 bra REST;
                shfl.sync.bfly.b32 %r9, %r1, 8, 31, 0xFFFF;
                REST:
                """;
        check(body, 7, 1000, (in, t) -> t % 32 < 16 ? in[t ^ 8] : 5);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 12345})
    void barriersOrderSharedMemory(long order) {
        Emulator.set("order", order);
        String body = """
                .shared .align 4 .b8 cells[512];
                mov.u32 %r4, cells;
                shl.b32 %r5, %r2, 2;
                add.u32 %r6, %r4, %r5;
                st.shared.u32 [%r6], %r1;
                bar.sync 0;
                xor.b32 %r5, %r5, 508;
                add.u32 %r6, %r4, %r5;
                ld.shared.u32 %r9, [%r6];
                """;
        check(body, 8, 1000, (in, t) -> in[127 - t]);
        check(
                "setp.gt.u32 %p1, %r1, 500;\nbar.red.popc.u32 %r9, 0, %p1;\n",
                9, 1000, (in, t) -> {
                    int n = 0;
                    for (int v : in) {
                        n += v > 500 ? 1 : 0;
                    }
                    return n;
                });
        check(
                "setp.lt.u32 %p1, %r1, 999;\nbar.red.and.pred %p2, 0, %p1;\nselp.u32 %r9, 1, 0, %p2;\n",
                9, 999, (in, t) -> 1);
        Emulator.set("order", 0);
    }

    @Test
    void lanesExit() {
        // odd lanes leave early: a barrier and a vote of the others do not wait for them
        String body = """
                mov.u32 %r9, 3;
                and.b32 %r4, %r3, 1;
                setp.ne.u32 %p1, %r4, 0;
                """ + Ptx.element("%o0", "%a0", 4) + """
                st.global.u32 [%o0], %r9;
                @%p1 ret;
                bar.sync 0;
                activemask.b32 %r9;
                """;
        check(body, 10, 1000, (in, t) -> t % 2 == 1 ? 3 : 0x55555555);
    }

    @Test
    void specialRegisters() {
        check("mov.u32 %r9, %tid.x;\n", 1, 2, (in, t) -> t);
        check("mov.u32 %r9, %ntid.x;\n", 1, 2, (in, t) -> THREADS);
        check("mov.u32 %r9, %laneid;\n", 1, 2, (in, t) -> t % 32);
        check("mov.u32 %r9, %warpid;\n", 1, 2, (in, t) -> t / 32);
        check("mov.u32 %r9, %lanemask_lt;\n", 1, 2, (in, t) -> (1 << t % 32) - 1);
        check("mov.u32 %r9, %lanemask_ge;\n", 1, 2, (in, t) -> -1 << t % 32);
    }
}
