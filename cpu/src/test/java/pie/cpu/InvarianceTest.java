package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pie.cpu.Harness.Context;
import pie.cpu.Harness.Slice;
import pie.engine.driver.Driver;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** A row of the default model has the same logits, bit for bit, whatever its batch mates, slices, pages and re-reading. */
class InvarianceTest {
    private static final Random RANDOM = new Random(5);
    private static ModelFiles model;
    private static Driver driver;
    private static float[] whole;
    private static final int[] PROMPT = ids(75);

    private final Harness h = new Harness(driver);

    @BeforeAll
    static void open() {
        model = Models.open(TestModel.path());
        driver = new CpuDriverProvider().open(model, Harness.config().withPages(300), line -> {});
        Harness h = new Harness(driver);
        h.pass(List.of(Slice.drawn(h.context(), PROMPT))); // another length than below, so that pages hold old content
        whole = last(h, h.context(), PROMPT);
    }

    @AfterAll
    static void close() {
        driver.close();
        model.close();
    }

    private static int[] ids(int n) {
        return RANDOM.ints(n, 1000, 40000).toArray();
    }

    private static float[] last(Harness h, Context context, int[] tokens) {
        int n = tokens.length;
        if (n > 1) {
            h.pass(List.of(Slice.drawn(context, Arrays.copyOf(tokens, n - 1))));
        }
        return h.pass(List.of(Slice.probed(context, new int[] {tokens[n - 1]})))
                .getFirst()
                .logits()[0];
    }

    @Test
    void slicesDoNotChangeIt() {
        for (int[] cuts : new int[][] {{75}, {1, 75}, {16, 17, 40, 75}, {5, 12, 31, 32, 33, 64, 75}}) {
            Context c = h.context();
            int from = 0;
            float[][] rows = {};
            for (int to : cuts) {
                rows = h.pass(List.of(Slice.probed(c, Arrays.copyOfRange(PROMPT, from, to))))
                        .getFirst()
                        .logits();
                from = to;
            }
            assertThat(rows[rows.length - 1]).as(Arrays.toString(cuts)).isEqualTo(whole);
            h.release(c);
        }
    }

    @Test
    void tokenByTokenDoesNotChangeIt() {
        Context c = h.context();
        for (int i = 0; i < 74; i++) {
            h.pass(List.of(Slice.drawn(c, new int[] {PROMPT[i]})));
        }
        assertThat(h.pass(List.of(Slice.probed(c, new int[] {PROMPT[74]})))
                        .getFirst()
                        .logits()[0])
                .isEqualTo(whole);
    }

    @Test
    void batchMatesDoNotChangeIt() {
        for (int mates : new int[] {1, 2, 3, 7, 31}) {
            List<Slice> slices = new ArrayList<>();
            List<Context> contexts = new ArrayList<>();
            for (int i = 0; i < mates; i++) {
                Context c = h.context();
                contexts.add(c);
                h.pass(List.of(Slice.drawn(c, ids(3 + i))));
                slices.add(Slice.drawn(c, ids(i % 4 == 3 ? 9 : 1)));
            }
            Context c = h.context();
            contexts.add(c);
            h.pass(List.of(Slice.drawn(c, Arrays.copyOf(PROMPT, 74))));
            slices.add(mates / 2, Slice.probed(c, new int[] {PROMPT[74]}));
            assertThat(h.pass(slices).get(mates / 2).logits()[0])
                    .as("%d mates", mates)
                    .isEqualTo(whole);
            contexts.forEach(h::release);
        }
    }

    @Test
    void prefillBesideALongSliceDoesNotChangeIt() {
        Context a = h.context();
        Context b = h.context();
        var outcomes = h.pass(List.of(Slice.drawn(a, ids(200)), Slice.probed(b, PROMPT)));
        assertThat(outcomes.get(1).logits()[74]).isEqualTo(whole);
    }

    @Test
    void readingAgainWritesNothingAndGivesTheSame() {
        Context c = h.context();
        h.pass(List.of(Slice.drawn(c, PROMPT)));
        float[][] again = h.pass(List.of(Slice.again(c, Arrays.copyOfRange(PROMPT, 70, 75))))
                .getFirst()
                .logits();
        assertThat(again[4]).isEqualTo(whole);
        int[] other = ids(5);
        h.pass(List.of(Slice.again(c, other)));
        again = h.pass(List.of(Slice.again(c, Arrays.copyOfRange(PROMPT, 70, 75))))
                .getFirst()
                .logits();
        assertThat(again[4]).as("after others were read at its slots").isEqualTo(whole);
    }

    @Test
    void copiedPagesHoldTheSame() {
        Context c = h.context();
        h.pass(List.of(Slice.drawn(c, Arrays.copyOf(PROMPT, 74))));
        Context fork = h.fork(c);
        h.pass(List.of(Slice.drawn(c, new int[] {5}))); // writes into the original's last page
        assertThat(h.pass(List.of(Slice.probed(fork, new int[] {PROMPT[74]})))
                        .getFirst()
                        .logits()[0])
                .isEqualTo(whole);
    }

    @Test
    void aFullMaskChangesNothingAndAHoleDoes() {
        int bits = 75 * 75;
        long[] mask = new long[(bits + 63) / 64];
        Arrays.fill(mask, -1L);
        float[][] full = h.pass(List.of(Slice.probed(h.context(), PROMPT).masked(mask)))
                .getFirst()
                .logits();
        assertThat(full[74]).isEqualTo(whole);
        for (int row = 0; row < 75; row++) {
            clear(mask, row * 75 + 3, row != 3);
        }
        float[][] hole = h.pass(List.of(Slice.probed(h.context(), PROMPT).masked(mask)))
                .getFirst()
                .logits();
        assertThat(hole[2]).isEqualTo(full[2]);
        assertThat(hole[74]).isNotEqualTo(whole);
    }

    @Test
    void aHiddenSlotsTokenCannotBeSeen() {
        long[] mask = new long[(75 * 75 + 63) / 64];
        Arrays.fill(mask, -1L);
        for (int row = 0; row < 75; row++) {
            clear(mask, row * 75 + 3, row != 3);
        }
        int[] other = PROMPT.clone();
        other[3] = 77;
        float[][] a = h.pass(List.of(Slice.probed(h.context(), PROMPT).masked(mask)))
                .getFirst()
                .logits();
        float[][] b = h.pass(List.of(Slice.probed(h.context(), other).masked(mask)))
                .getFirst()
                .logits();
        assertThat(a[74]).isEqualTo(b[74]);
        assertThat(a[3]).isNotEqualTo(b[3]);
    }

    private static void clear(long[] mask, int bit, boolean really) {
        if (really) {
            mask[bit >> 6] &= ~(1L << bit);
        }
    }
}
