package pie.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.SamplerStage;
import pie.engine.generate.RowSampler;
import pie.engine.testing.DriverBench.Request;

/**
 * State what every driver must do; a driver's module extends it. Where the driver says that it is batch-invariant, equal means bit for
 * bit, else within {@link #tolerance}.
 */
public abstract class DriverConformance extends AdapterConformance {
    @Test
    void slicesEqualTheWholePass() {
        int[] tokens = tokens(1, 60);
        float[] whole = bench.lastRow(Request.of(tokens, 0, pages(0)));
        for (int[] cuts : new int[][] {{16, 32, 48}, {1, 2, 59}, {37}, {16, 59}}) {
            int from = 0;
            for (int cut : cuts) {
                bench.lastRow(Request.of(Arrays.copyOfRange(tokens, from, cut), from, pages(8)));
                from = cut;
            }
            float[] sliced = bench.lastRow(Request.of(Arrays.copyOfRange(tokens, from, 60), from, pages(8)));
            assertSame(sliced, whole, "cut at " + Arrays.toString(cuts));
        }
    }

    @Test
    void aRowReadAgainEqualsTheUndividedPass() {
        int[] tokens = tokens(2, 45);
        float[] whole = bench.lastRow(Request.of(tokens, 0, pages(0)));
        Request last = Request.of(new int[] {tokens[44]}, 44, pages(0)).again();
        assertSame(bench.lastRow(last), whole, "read again");
        Request wrong =
                Request.of(new int[] {(tokens[44] + 1) % vocab}, 44, pages(0)).again();
        assertThat(bench.lastRow(wrong)).as("another token").isNotEqualTo(whole);
        Request next = Request.of(new int[] {tokens[3]}, 45, pages(0));
        float[] after = bench.lastRow(next);
        int[] longer = Arrays.copyOf(tokens, 46);
        longer[45] = tokens[3];
        assertSame(after, bench.lastRow(Request.of(longer, 0, pages(8))), "nothing was written by the rows read again");
    }

    @Test
    void rowsDoNotDependOnTheirBatchMates() {
        List<Request> requests = new ArrayList<>();
        float[][] alone = new float[4][];
        for (int r = 0; r < 4; r++) {
            int[] tokens = tokens(10 + r, 5 + 9 * r);
            Request request = Request.of(tokens, 0, pages(6 * r));
            alone[r] = bench.lastRow(request);
            requests.add(request);
        }
        float[][] together = bench.lastRows(requests);
        for (int r = 0; r < 4; r++) {
            assertSame(together[r], alone[r], "request " + r);
        }
        List<Request> decode = new ArrayList<>();
        for (int r = 0; r < 4; r++) {
            decode.add(Request.of(new int[] {7}, 5 + 9 * r, pages(6 * r)));
        }
        float[][] decoded = bench.lastRows(decode);
        for (int r = 0; r < 4; r++) {
            assertSame(decoded[r], bench.lastRow(decode.get(r)), "decode row " + r);
        }
    }

    @Test
    void pagesMayLieAnywhere() {
        int[] tokens = tokens(20, 50);
        float[] inOrder = bench.lastRow(Request.of(tokens, 0, pages(0)));
        float[] scattered = bench.lastRow(Request.of(tokens, 0, new int[] {31, 4, 17, 9}));
        assertSame(scattered, inOrder, "scattered pages");
    }

    @Test
    void copiedPagesHoldTheSame() {
        int[] tokens = tokens(21, 40);
        bench.lastRow(Request.of(tokens, 0, pages(0)));
        bench.copy(new int[] {1, 2}, new int[] {20, 21});
        float[] copied = bench.lastRow(Request.of(new int[] {5}, 40, new int[] {0, 20, 21}));
        float[] original = bench.lastRow(Request.of(new int[] {5}, 40, pages(0)));
        assertSame(copied, original, "copied pages");
    }

    @Test
    void pagesReadAndWrittenBackHoldTheSame() {
        int[] tokens = tokens(22, 40);
        bench.lastRow(Request.of(tokens, 0, pages(0)));
        long size = driver.capabilities().kvBytesPerPage();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment heap = MemorySegment.ofArray(new byte[Math.toIntExact(5 * size)]);
            for (MemorySegment bytes : List.of(arena.allocate(5 * size, 64), heap)) {
                // Places out of order, and a page that lay elsewhere before.
                bench.read(new int[] {0, 1, 2}, new int[] {4, 0, 2}, bytes);
                bench.write(new int[] {2, 4, 0}, new int[] {29, 24, 13}, bytes);
                float[] moved = bench.lastRow(Request.of(new int[] {5}, 40, new int[] {24, 13, 29}));
                float[] original = bench.lastRow(Request.of(new int[] {5}, 40, pages(0)));
                assertSame(moved, original, "pages written back");
                assertThat(bench.lastRow(Request.of(new int[] {5}, 40, new int[] {24, 24, 29})))
                        .as("a page in place of another")
                        .isNotEqualTo(original);
            }
        }
    }

    @Test
    void pagesAreMovedInOrderWithSteps() {
        int[] first = tokens(23, 32);
        int[] second = tokens(24, 32);
        float[] expected = bench.lastRow(Request.of(first, 0, pages(8)));
        MemorySegment bytes = MemorySegment.ofArray(
                new byte[Math.toIntExact(2 * driver.capabilities().kvBytesPerPage())]);
        int[] two = {0, 1};
        // Nobody waits for anybody: a step writes pages, they are read, another step writes over them, they are written
        // back.
        var one = bench.submit(bench.batch(List.of(Request.of(first, 0, pages(0)))));
        var read = bench.reading(two, two, bytes);
        var other = bench.submit(bench.batch(List.of(Request.of(second, 0, pages(0)))));
        var written = bench.writing(two, two, bytes);
        DriverBench.await(one);
        DriverBench.await(read);
        DriverBench.await(other); // the bench has two batches, and needs one of them now
        DriverBench.await(written);
        Request last = Request.of(new int[] {first[31]}, 31, pages(0)).again();
        assertSame(bench.lastRow(last), expected, "a row read again after all that");
    }

    @Test
    void aMaskHidesWhatItHides() {
        assumeTrue(driver.capabilities().attentionMasks());
        int hidden = 19;
        int[] one = tokens(30, 40);
        int[] two = tokens(31, 40);
        System.arraycopy(one, hidden, two, hidden, 40 - hidden);
        float[] seen = hidden(one, hidden, pages(0));
        assertSame(hidden(two, hidden, pages(8)), seen, "tokens behind the mask");
        float[] plain = bench.lastRow(Request.of(one, 0, pages(16)));
        assertThat(seen).as("a mask that hides something").isNotEqualTo(plain);
        long[][] all = new long[40][];
        Arrays.fill(all, new long[] {-1L});
        assertSame(bench.lastRow(Request.of(one, 0, pages(16)).masked(all)), plain, "a mask that hides nothing");
    }

    private float[] hidden(int[] tokens, int hidden, int[] pages) {
        bench.lastRow(Request.of(Arrays.copyOf(tokens, hidden), 0, pages));
        long[][] rows = new long[tokens.length - hidden][];
        Arrays.fill(rows, new long[] {-1L << hidden});
        return bench.lastRow(Request.of(Arrays.copyOfRange(tokens, hidden, tokens.length), hidden, pages)
                .masked(rows));
    }

    @Test
    void rowsMaySeeLaterOnes() {
        assumeTrue(driver.capabilities().nonCausal() && driver.capabilities().attentionMasks());
        int[] one = tokens(33, 12);
        int[] two = one.clone();
        two[11] = (one[11] + 1) % vocab;
        assertThat(firstRow(one, true)).as("first row sees the last").isNotEqualTo(firstRow(two, true));
        assertSame(firstRow(one, false), firstRow(two, false), "a causal first row");
    }

    private float[] firstRow(int[] tokens, boolean nonCausal) {
        long[][] all = new long[tokens.length][];
        Arrays.fill(all, new long[] {-1L});
        Request request = Request.of(tokens, 0, pages(0)).masked(all);
        ForwardBatch b = bench.batch(List.of(nonCausal ? request.anyOrder() : request));
        bench.probeLogits(b, 0);
        return DriverBench.logits(bench.run(b), 0);
    }

    @Test
    void dropsAndWindowsEqualTheirMasks() {
        assumeTrue(driver.capabilities().attentionMasks());
        int length = 70;
        int[] tokens = tokens(50, length);
        for (int[] seen : new int[][] {{0, 20, 0}, {3, 37, 0}, {0, 0, 9}, {5, 0, 1}, {2, 33, 40}, {17, 18, 20}}) {
            long[][] rows = new long[length][];
            for (int row = 0; row < length; row++) {
                rows[row] = new long[2];
                for (int slot = 0; slot <= row; slot++) {
                    boolean seeing = slot < seen[0] || (slot >= seen[1] && (seen[2] == 0 || slot > row - seen[2]));
                    rows[row][slot >> 6] |= seeing || slot == row ? 1L << slot : 0;
                }
            }
            int from = Math.max(seen[1], 1);
            int[] head = Arrays.copyOf(tokens, from);
            bench.lastRow(Request.of(head, 0, pages(0)));
            bench.lastRow(Request.of(head, 0, pages(8)));
            int[] tail = Arrays.copyOfRange(tokens, from, length);
            long[][] tailRows = Arrays.copyOfRange(rows, from, length);
            float[] masked = bench.lastRow(Request.of(tail, from, pages(0)).masked(tailRows));
            float[] told = bench.lastRow(Request.of(tail, from, pages(8)).seeing(seen[0], seen[1], seen[2]));
            assertSame(told, masked, "told by numbers " + Arrays.toString(seen));
            Request again = Request.of(new int[] {tokens[length - 1]}, length - 1, pages(8))
                    .again();
            assertSame(bench.lastRow(again.seeing(seen[0], seen[1], seen[2])), masked, "read again");
        }
    }

    @Test
    void pagesThatNoRowSeesMayBeLeftOut() {
        int[] tokens = tokens(51, 80);
        bench.lastRow(Request.of(tokens, 0, pages(0)));
        for (int[] seen : new int[][] {{0, 40, 0}, {0, 0, 17}, {16, 50, 0}, {20, 64, 8}}) {
            int[] some = pages(0);
            for (int page = 0; page < 5; page++) {
                boolean hidden = 16 * page >= seen[0]
                        && 16 * (page + 1) <= Math.max(seen[1], seen[2] == 0 ? 0 : 80 - seen[2] + 1);
                some[page] = hidden ? -1 : some[page];
            }
            assertThat(some).contains(-1);
            int[] more = tokens(52, 9);
            Request all = Request.of(more, 80, pages(0)).seeing(seen[0], seen[1], seen[2]);
            float[] whole = bench.lastRow(all);
            float[] less = bench.lastRow(Request.of(more, 80, some).seeing(seen[0], seen[1], seen[2]));
            assertSame(less, whole, "left out " + Arrays.toString(some));
            assertThat(whole).as("hiding matters").isNotEqualTo(bench.lastRow(Request.of(more, 80, pages(0))));
        }
    }

    @Test
    void drawsAgreeWithTheLogits() {
        RowSampler sampler = new RowSampler(vocab);
        ForwardResult expected = new ForwardResult(driver.capabilities());
        for (int round = 0; round < 20; round++) {
            ForwardBatch b = bench.batch(List.of(Request.of(tokens(40 + round, 9), 0, pages(0))));
            for (int row = 0; row < 9; row += 4) {
                bench.probeLogits(b, row);
                int s = bench.draw(b, row, 99 + round, row + 1);
                bench.stage(b, SamplerStage.TEMPERATURE, s == 0 ? 0f : 0.8f);
                bench.stage(b, SamplerStage.TOP_P, 0.95f);
            }
            long[] odd = new long[(vocab + 63) / 64];
            Arrays.fill(odd, 0xaaaa_aaaa_aaaa_aaaaL);
            b.logitMasks[0] = odd;
            b.logitMaskCount = 1;
            b.logitMaskRef[2] = 0;
            ForwardResult result = bench.run(b);
            for (int s = 0; s < 3; s++) {
                sampler.draw(b, s, MemorySegment.ofArray(DriverBench.logits(result, s)), 0, expected);
                assertThat(result.status[s]).isEqualTo(ForwardResult.OK);
                assertThat(result.token[s]).as("draw %d of round %d", s, round).isEqualTo(expected.token[s]);
            }
            assertThat(result.token[2] % 2).isEqualTo(1);
        }
    }

    @Test
    void aRowMayTakeTheDrawOfTheStepBefore() {
        assumeTrue(driver.capabilities().chained());
        int[] tokens = tokens(60, 20);
        ForwardBatch first = bench.batch(List.of(Request.of(tokens, 0, pages(0))));
        bench.draw(first, 19, 3, 20);
        CompletableFuture<ForwardResult> before = bench.submit(first);
        ForwardBatch second = bench.batch(List.of(Request.of(new int[] {~0}, 20, pages(0))));
        bench.probeLogits(second, 0);
        CompletableFuture<ForwardResult> after = bench.submit(second);
        int token = DriverBench.await(before).token[0];
        float[] chained = DriverBench.logits(DriverBench.await(after), 0);
        float[] plain =
                bench.lastRow(Request.of(new int[] {token}, 20, pages(0)).again());
        assertSame(chained, plain, "chained row");
    }

    @Test
    void aRowChainedToNoDrawHarmsNoOther() {
        assumeTrue(driver.capabilities().chained());
        int[] tokens = tokens(61, 20);
        float[] alone = bench.lastRow(Request.of(tokens, 0, pages(0)));
        ForwardBatch b =
                bench.batch(List.of(Request.of(new int[] {~7}, 20, pages(8)), Request.of(tokens, 0, pages(0))));
        bench.probeLogits(b, 20);
        assertSame(DriverBench.logits(bench.run(b), 0), alone, "beside a row chained to no draw");
    }
}
