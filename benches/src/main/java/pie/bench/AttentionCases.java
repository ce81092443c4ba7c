package pie.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import pie.cpu.ChosenKernels;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.OffHeap;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.model.ModelConfig;

/** List attention of a model over pages that lie anywhere, as after a while of use: of rows that decode, and of a prompt. */
final class AttentionCases {
    static final int PAGE = 16;

    private final ChosenKernels kernels;
    private final ModelConfig model;
    private final Arena arena;
    private final Random random = new Random(2);
    private final int[] pages;

    /** @param pages of the pool, which are all written */
    AttentionCases(ChosenKernels kernels, Arena arena, int pages) {
        this.kernels = kernels;
        model = kernels.decoder().config();
        this.arena = arena;
        this.pages = IntStream.range(0, pages).toArray();
        for (int i = pages - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int p = this.pages[i];
            this.pages[i] = this.pages[j];
            this.pages[j] = p;
        }
        fill(kernels.kv());
    }

    static int pagesFor(int tokens) {
        return (tokens + PAGE - 1) / PAGE;
    }

    private void fill(KvPool kv) {
        byte[] page = new byte[(int) kv.pageBytes()];
        for (int i = 0; i < page.length; i += 2) {
            page[i] = (byte) random.nextInt();
            page[i + 1] = (byte) (0x30 + random.nextInt(8)); // halves from 1/8 to 1
        }
        for (int p : pages) {
            kv.write(p, MemorySegment.ofArray(page), 0);
        }
    }

    /** Return a row of each of several contexts. */
    KernelCase decode(int streams, int context) {
        return attention("decode, context " + context, streams, context, 1, (double) streams * context);
    }

    /** Return all rows of a prompt. */
    KernelCase prefill(int tokens) {
        return attention("prefill " + tokens, 1, tokens, tokens, tokens * (tokens + 1.0) / 2);
    }

    /** @param seen slots that all rows together see */
    private KernelCase attention(String name, int requests, int context, int rows, double seen) {
        ForwardBatch batch = batch(requests, context, rows);
        int width = model.heads() * model.headDim();
        MemorySegment queries = OffHeap.zeroed(arena, 4L * batch.rows * width);
        for (long i = 0; i < (long) batch.rows * width; i++) {
            queries.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        MemorySegment out = OffHeap.zeroed(arena, 4L * batch.rows * width);
        double slots = (double) requests * context;
        return new KernelCase(
                "attention, " + name,
                batch.rows,
                kernels.attentionKernels().describe(),
                model.layers(),
                4.0 * model.headDim() * model.kvHeads() * model.layers() * slots,
                4.0 * width * model.layers() * seen,
                () -> {
                    kernels.attention().plan(batch);
                    kernels.team().run(worker -> {
                        for (int layer = 0; layer < model.layers(); layer++) {
                            kernels.attention().run(worker, kernels.team(), batch, layer, 0, queries, width, out);
                            kernels.team().barrier();
                        }
                    });
                });
    }

    private ForwardBatch batch(int requests, int context, int rows) {
        int each = pagesFor(context);
        int all = requests * rows;
        var batch = new ForwardBatch(DriverCapabilities.ofBatches(PAGE, all, requests, all));
        batch.pageIndices = new int[requests * each];
        batch.pageOrdinals = new int[requests * each];
        for (int r = 0; r < requests; r++) {
            batch.requests++;
            batch.rows += rows;
            batch.qoIndptr[r + 1] = batch.rows;
            batch.kvLength[r] = context;
            batch.pageIndptr[r + 1] = (r + 1) * each;
            for (int i = 0; i < each; i++) {
                batch.pageIndices[r * each + i] = pages[r * each + i];
                batch.pageOrdinals[r * each + i] = i;
            }
        }
        return batch;
    }
}
