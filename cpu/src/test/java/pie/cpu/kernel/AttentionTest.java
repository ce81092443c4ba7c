package pie.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.cpu.kernel.AttentionBatches.Request;
import pie.engine.driver.ForwardBatch;

/** All kinds of attention that this processor has give what the scalar one gives, bit for bit, and a row the same alone and among others. */
class AttentionTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int PAGES = 40;
    private static final int KV_HEADS = 2;

    private final Random random = new Random(11);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 64, 16",
        "3, 64, 16",
        "4, 128, 16",
        "7, 64, 32",
        "3, 96, 64",
        "5, 32, 16",
        "4, 256, 16",
        "16, 64, 16",
        "3, 64, 8",
        "2, 24, 16"
    })
    void everyKindGivesTheSame(int group, int headDim, int pageSize) {
        KvPool kv = AttentionBatches.pool(arena, random, PAGES, pageSize, KV_HEADS, headDim);
        for (int window : new int[] {0, 1, pageSize, 5 * pageSize / 2}) {
            compare(kv, group, requests(pageSize), window);
        }
    }

    /** Return forks of forks and others among them, slices of several rows, masks, and hidden slots. */
    private List<Request> requests(int pageSize) {
        List<Request> list = new ArrayList<>();
        int[] own = {20, 21, 22, 23, 24, 25, 26, 27};
        for (int branch = 0; branch < own.length; branch++) {
            int[] pages = IntStream.range(0, 9).toArray();
            if (branch % 2 == 1) {
                pages[6] = 30; // half of the branches part here
                pages[7] = 31;
            }
            pages[8] = own[branch];
            list.add(new Request(pages, 8 * pageSize + 1 + branch % pageSize, 1));
            int[] others = {32 + branch, 12};
            list.add(new Request(others, pageSize + 3, branch == 0 ? pageSize + 3 : 1));
        }
        int[] prefix = IntStream.range(0, 7).toArray();
        list.add(new Request(prefix, 6 * pageSize + 5, 2 * pageSize)); // rows in the midst of shared pages
        list.add(new Request(prefix, 7 * pageSize, 1).hiding(3, 2 * pageSize + 1, 0));
        list.add(new Request(prefix, 7 * pageSize, 3).hiding(pageSize, 0, pageSize + 2));
        list.add(new Request(prefix, 7 * pageSize - 1, 4).masked(false, mask(4 * (7 * pageSize - 1))));
        list.add(new Request(prefix, 6 * pageSize + 2, 5).masked(true, mask(5 * (6 * pageSize + 2))));
        list.add(new Request(prefix, 5, 1).masked(false, new long[1])); // sees nothing
        list.add(new Request(prefix, 7 * pageSize, 2)
                .hiding(pageSize, 4 * pageSize + 3, 0)
                .listing(new int[] {0, 4, 5, 6}));
        return list;
    }

    private long[] mask(int bits) {
        long[] mask = new long[(bits + 63) / 64];
        Arrays.setAll(mask, i -> random.nextLong() | random.nextLong());
        return mask;
    }

    private void compare(KvPool kv, int group, List<Request> requests, int window) {
        float[] queries = floats(requests.stream().mapToInt(Request::rows).sum() * KV_HEADS * group * kv.headDim);
        float[] plain = attend(AttentionKernels.SCALAR, 1, kv, group, requests, queries, window);
        assertThat(plain).doesNotContain(Float.NaN);
        for (AttentionKernels kernels : AttentionKernels.values()) {
            if (kernels.supported(flags()::contains) && kernels.fits(kv)) {
                for (int workers : new int[] {1, 3}) {
                    assertThat(attend(kernels, workers, kv, group, requests, queries, window))
                            .as("%s, window %d, %d workers", kernels, window, workers)
                            .isEqualTo(plain);
                }
                alone(kernels, kv, group, requests, queries, window, plain);
            }
        }
    }

    /** Attend from every row by itself, which must not change it. */
    private void alone(
            AttentionKernels kernels,
            KvPool kv,
            int group,
            List<Request> requests,
            float[] queries,
            int window,
            float[] expected) {
        int width = KV_HEADS * group * kv.headDim;
        int row = 0;
        for (Request r : requests) {
            float[] own = Arrays.copyOfRange(queries, row * width, (row + r.rows()) * width);
            assertThat(attend(kernels, 1, kv, group, List.of(r), own, window))
                    .as("%s, row %d alone", kernels, row)
                    .isEqualTo(Arrays.copyOfRange(expected, row * width, (row + r.rows()) * width));
            if (r.mask().length == 0) {
                Request last = new Request(
                        r.pages(),
                        r.ordinals(),
                        r.length(),
                        1,
                        r.sink(),
                        r.visibleFrom(),
                        r.window(),
                        r.nonCausal(),
                        r.mask());
                int at = (row + r.rows() - 1) * width;
                assertThat(attend(
                                kernels,
                                1,
                                kv,
                                group,
                                List.of(last),
                                Arrays.copyOfRange(queries, at, at + width),
                                window))
                        .as("%s, row %d as a slice of one", kernels, row + r.rows() - 1)
                        .isEqualTo(Arrays.copyOfRange(expected, at, at + width));
            }
            row += r.rows();
        }
    }

    private float[] attend(
            AttentionKernels kernels,
            int workers,
            KvPool kv,
            int group,
            List<Request> requests,
            float[] queries,
            int window) {
        ForwardBatch batch = AttentionBatches.batch(kv.pageSize, requests);
        int width = KV_HEADS * group * kv.headDim;
        try (Team team = new Team(workers, "test");
                Arena memory = Arena.ofShared()) {
            MemorySegment y = memory.allocate(4L * queries.length, 64);
            MemorySegment.copy(queries, 0, y, FLOAT, 0, queries.length);
            MemorySegment out = memory.allocate(4L * queries.length, 64);
            Attention attention = kernels.open(memory, kv, KV_HEADS * group, 0.11f, workers);
            attention.plan(batch);
            team.run(worker -> attention.run(worker, team, batch, 0, window, y, width, out));
            return out.toArray(FLOAT);
        }
    }

    @Test
    void pagesThatNobodySeesMayBeLeftOut() {
        int pageSize = 16;
        KvPool kv = AttentionBatches.pool(arena, random, PAGES, pageSize, KV_HEADS, 64);
        Request whole = new Request(IntStream.range(0, 8).toArray(), 8 * pageSize - 3, 3).hiding(5, 5 * pageSize, 0);
        Request listed = whole.listing(new int[] {0, 5, 6, 7});
        float[] queries = floats(3 * KV_HEADS * 3 * 64);
        for (AttentionKernels kernels : AttentionKernels.values()) {
            if (kernels.supported(flags()::contains)) {
                assertThat(attend(kernels, 1, kv, 3, List.of(listed), queries, 0))
                        .as("%s", kernels)
                        .isEqualTo(attend(kernels, 1, kv, 3, List.of(whole), queries, 0));
            }
        }
    }

    /** What lies behind the last slot of a page belongs to nobody: numbers that are none must not get into sums. */
    @Test
    void whatWasNeverWrittenIsNeverRead() {
        KvPool kv = AttentionBatches.pool(arena, random, PAGES, 16, KV_HEADS, 64);
        int[] pages = {0, 1, 2};
        float[] queries = floats(4 * KV_HEADS * 3 * 64);
        List<Request> requests = List.of(new Request(pages, 37, 4));
        float[] before = attend(AttentionKernels.SCALAR, 1, kv, 3, requests, queries, 0);
        MemorySegment bad = arena.allocate(8L * 64, 64);
        for (int i = 0; i < 128; i++) {
            bad.setAtIndex(FLOAT, i, Float.NaN);
        }
        for (int place = 37 % 16; place < 16; place++) {
            kv.write(2, place, 0, 0, bad, 0, 4L * 64);
            kv.write(2, place, 0, 1, bad, 0, 4L * 64);
        }
        for (AttentionKernels kernels : AttentionKernels.values()) {
            if (kernels.supported(flags()::contains)) {
                assertThat(attend(kernels, 1, kv, 3, requests, queries, 0))
                        .as("%s", kernels)
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void whatIsNotANumberStaysSo() {
        KvPool kv = AttentionBatches.pool(arena, random, PAGES, 16, KV_HEADS, 64);
        float[] queries = floats(KV_HEADS * 3 * 64);
        queries[70] = Float.NaN;
        for (AttentionKernels kernels : AttentionKernels.values()) {
            if (kernels.supported(flags()::contains)) {
                float[] out = attend(kernels, 1, kv, 3, List.of(new Request(new int[] {3, 4}, 30, 1)), queries, 0);
                for (int i = 0; i < out.length; i++) {
                    assertThat(Float.isNaN(out[i])).as("%s %d", kernels, i).isEqualTo(i / 64 == 1);
                }
            }
        }
    }

    private float[] floats(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Set<String> flags() {
        try {
            return new HashSet<>(
                    Arrays.asList(Files.readString(Path.of("/proc/cpuinfo")).split("\\s+")));
        } catch (IOException e) {
            return Set.of(); // no such file: nothing is known of the processor
        }
    }
}
