package pie.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LoraAdapter;
import pie.engine.testing.DriverBench.Request;

/** State what drivers must do with adapters, late masks, and pages on their way to and from the host. */
abstract class AdapterConformance extends DriverKit {
    @AfterEach
    final void unload() {
        if (driver != null && driver.capabilities().maxAdapters() > 1) {
            bench.unload(1);
            bench.unload(2);
        }
    }

    private LoraAdapter adapter(long seed, float scale) {
        return TestAdapters.random(model(), seed, 4, scale);
    }

    private float[] lastRow(Request request, int adapter) {
        return lastRows(List.of(request), adapter)[0];
    }

    private float[][] lastRows(List<Request> requests, int... adapters) {
        ForwardBatch b = bench.batch(requests);
        for (int r = 0; r < requests.size(); r++) {
            b.adapter[r] = adapters[r];
            bench.probeLogits(b, b.qoIndptr[r + 1] - 1);
        }
        ForwardResult result = bench.run(b);
        float[][] logits = new float[requests.size()][];
        Arrays.setAll(logits, r -> DriverBench.logits(result, r));
        return logits;
    }

    @Test
    void rowsOfOneStepMayHaveDifferentAdapters() {
        assumeTrue(driver.capabilities().maxAdapters() > 1);
        bench.load(1, adapter(1, 1));
        bench.load(2, adapter(2, 1));
        float[][] alone = new float[3][];
        List<Request> requests = List.of(
                Request.of(tokens(80, 11), 0, pages(0)),
                Request.of(tokens(80, 11), 0, pages(6)),
                Request.of(tokens(80, 11), 0, pages(12)));
        for (int r = 0; r < 3; r++) {
            alone[r] = lastRow(requests.get(r), r);
        }
        assertThat(alone[1]).as("an adapter changes logits").isNotEqualTo(alone[0]);
        assertThat(alone[2]).as("another changes them otherwise").isNotEqualTo(alone[1]);
        float[][] together = lastRows(requests, 0, 1, 2);
        for (int r = 0; r < 3; r++) {
            assertSame(together[r], alone[r], "with adapter " + r);
        }
        float[][] next = lastRows(
                List.of(
                        Request.of(new int[] {3}, 11, pages(0)),
                        Request.of(new int[] {3}, 11, pages(6)),
                        Request.of(new int[] {3}, 11, pages(12))),
                0,
                1,
                2);
        int[] longer = Arrays.copyOf(tokens(80, 11), 12);
        longer[11] = 3;
        for (int r = 0; r < 3; r++) {
            assertSame(next[r], lastRow(Request.of(longer, 0, pages(18)), r), "decode with adapter " + r);
        }
        for (int r = 0; r < 3; r++) {
            int[] many = tokens(81, 60);
            float[] whole = lastRow(Request.of(many, 0, pages(0)), r);
            lastRow(Request.of(Arrays.copyOf(many, 37), 0, pages(6)), r);
            float[] sliced = lastRow(Request.of(Arrays.copyOfRange(many, 37, 60), 37, pages(6)), r);
            assertSame(sliced, whole, "slices with adapter " + r);
        }
    }

    @Test
    void anAdapterThatAddsNothingChangesNothing() {
        assumeTrue(driver.capabilities().maxAdapters() > 0 && model().isPresent());
        Request request = Request.of(tokens(82, 20), 0, pages(0));
        float[] plain = bench.lastRow(request);
        bench.load(1, adapter(3, 0));
        assertSame(lastRow(request, 1), plain, "an adapter of zeros");
    }

    @Test
    void adaptersComeAndGo() {
        assumeTrue(driver.capabilities().maxAdapters() > 0);
        Request request = Request.of(tokens(83, 20), 0, pages(0));
        float[] plain = bench.lastRow(request);
        assertThatThrownBy(() -> lastRow(request, 1)).hasMessageContaining("adapter 1");
        bench.load(1, adapter(4, 1));
        float[] first = lastRow(request, 1);
        bench.load(1, adapter(5, 1));
        assertThat(lastRow(request, 1)).as("another under the same number").isNotEqualTo(first);
        bench.load(1, adapter(4, 1));
        assertSame(lastRow(request, 1), first, "the first again");
        bench.unload(1);
        assertThatThrownBy(() -> lastRow(request, 1)).hasMessageContaining("adapter 1");
        assertSame(bench.lastRow(request), plain, "without an adapter");
    }

    @Test
    void adaptersThatDoNotFitAreRefused() {
        assumeTrue(driver.capabilities().maxAdapters() > 0 && model().isPresent());
        assertThatThrownBy(() -> bench.load(1, TestAdapters.of("blk.0.attn_q.weight", 2, 3, 5)))
                .hasMessageContaining("blk.0.attn_q.weight");
        assertThatThrownBy(() -> bench.load(1, TestAdapters.of("blk.0.elsewhere.weight", 2, 3, 5)))
                .hasMessageContaining("blk.0.elsewhere.weight");
        assertThatThrownBy(() -> bench.load(0, adapter(1, 1))).hasMessageContaining("adapter 0");
        bench.lastRow(Request.of(tokens(84, 5), 0, pages(0)));
    }

    private long[] odd() {
        long[] mask = new long[(vocab + 63) / 64];
        Arrays.fill(mask, 0xaaaa_aaaa_aaaa_aaaaL);
        return mask;
    }

    private ForwardBatch twoDraws(boolean late) {
        ForwardBatch b =
                bench.batch(List.of(Request.of(tokens(70, 9), 0, pages(0)), Request.of(tokens(71, 5), 0, pages(8))));
        bench.draw(b, 8, 5, 9);
        bench.draw(b, 13, 6, 5);
        b.late[1] = late;
        return b;
    }

    @Test
    void aLateMaskIsAsGoodAsOneThatWasThere() {
        assumeTrue(driver.capabilities().lateMasks());
        ForwardBatch early = twoDraws(false);
        early.logitMasks[0] = odd();
        early.logitMaskCount = 1;
        early.logitMaskRef[1] = 0;
        int[] expected = bench.run(early).token.clone();
        assertThat(expected[1] % 2).isEqualTo(1);
        ForwardBatch late = twoDraws(true);
        driver.supplyLate(late.step, 1, odd());
        ForwardResult result = bench.run(late);
        assertThat(result.status[0]).isEqualTo(ForwardResult.OK);
        assertThat(result.status[1]).isEqualTo(ForwardResult.OK);
        assertThat(Arrays.copyOf(result.token, 2)).isEqualTo(Arrays.copyOf(expected, 2));
        for (int i = 0; i < 5; i++) {
            ForwardBatch b = twoDraws(true);
            var end = bench.submit(b);
            driver.supplyLate(b.step, 1, odd());
            ForwardResult racing = DriverBench.await(end);
            assertThat(racing.token[0]).isEqualTo(expected[0]);
            assertThat(racing.status[1]).isIn(ForwardResult.OK, ForwardResult.LATE);
            assertThat(racing.token[1]).isEqualTo(racing.status[1] == ForwardResult.OK ? expected[1] : 0);
        }
    }

    @Test
    void aMaskThatDoesNotComeSpoilsItsDrawAlone() {
        assumeTrue(driver.capabilities().lateMasks());
        ForwardBatch plain = twoDraws(false);
        int[] expected = bench.run(plain).token.clone();
        ForwardBatch late = twoDraws(true);
        ForwardResult result = bench.run(late);
        assertThat(result.status[0]).isEqualTo(ForwardResult.OK);
        assertThat(result.token[0]).isEqualTo(expected[0]);
        assertThat(result.status[1]).isEqualTo(ForwardResult.LATE);
        driver.supplyLate(late.step, 1, odd());
        ForwardResult after = bench.run(twoDraws(false));
        assertThat(Arrays.copyOf(after.token, 2)).isEqualTo(Arrays.copyOf(expected, 2));
        assertThat(after.status[1]).as("a mask too late").isEqualTo(ForwardResult.OK);
    }

    @Test
    void pagesComeBackFromTheHostAsTheyWere() {
        int[] tokens = tokens(22, 90);
        bench.lastRow(Request.of(tokens, 0, pages(0)));
        float[] original = bench.lastRow(Request.of(new int[] {5}, 90, pages(0)).again());
        long bytes = driver.capabilities().kvBytesPerPage();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment host = arena.allocate(8 * bytes, 64);
            bench.read(new int[] {0, 1, 2, 3, 4, 5}, new int[] {7, 1, 2, 3, 4, 0}, host);
            for (int page = 0; page < 6; page++) {
                bench.lastRow(Request.of(tokens(23, 16), 0, new int[] {page})); // what was there is gone
            }
            bench.write(new int[] {7, 1, 2, 3, 4, 0}, new int[] {20, 11, 22, 13, 24, 15}, host);
        }
        float[] back = bench.lastRow(Request.of(new int[] {5}, 90, new int[] {20, 11, 22, 13, 24, 15})
                .again());
        assertSame(back, original, "pages that were on the host");
    }
}
