package pie.cuda.step;

import java.lang.foreign.MemorySegment;
import pie.cuda.Kernel;
import pie.cuda.Kernels;
import pie.cuda.api.CudaApi;
import pie.cuda.model.DeviceModel;
import pie.cuda.model.PackedMatrix;
import pie.cuda.step.HeadPlan.Chunk;
import pie.engine.model.ModelConfig;

/** Launch norm, head and sampler for the rows that need logits. */
final class Head {
    private static final int ROWS = 1;
    private static final int DRAWS = 1;
    private static final int STAGES = 2;
    private static final int ADJUSTMENTS = 3;
    private static final int MASKS = 4;

    private final CudaApi api;
    private final StepInputs inputs;
    private final CoreLayout layout;
    private final int vocab;
    private final Kernel norm;
    private final Gemm head;
    private final Kernel sample;
    private final long logits;

    Head(
            CudaApi api,
            Kernels kernels,
            DeviceModel model,
            StepShape shape,
            CoreLayout layout,
            StepInputs inputs,
            ForwardPass pass,
            long tokens,
            long statuses) {
        this.api = api;
        this.inputs = inputs;
        this.layout = layout;
        ModelConfig config = model.config();
        vocab = config.vocab();
        int stride = PackedMatrix.stride(config.hidden());
        long normed = ForwardPass.zeroed(api, 2L * StepShape.HEAD_ROWS * stride);
        logits = ForwardPass.zeroed(api, 4L * StepShape.HEAD_ROWS * vocab);
        long work = ForwardPass.zeroed(api, 4L * StepShape.HEAD_ROWS * vocab);
        norm = kernels.rmsNorm()
                .with(
                        0L,
                        0L,
                        pass.x(),
                        pass.squares(),
                        pass.parts(),
                        model.outputNorm(),
                        config.rmsEpsilon(),
                        config.hidden(),
                        normed,
                        stride);
        head = new Gemm(
                model.head(),
                shape.multiprocessors(),
                width -> new Arguments(0L, model.head())
                        .add(normed, stride, logits, vocab)
                        .of(kernels.store(width)));
        sample = kernels.sample().with(0L, 0L, 0L, 0L, 0L, logits, work, vocab, tokens, statuses);
    }

    /** Take the sampler's inputs from other addresses. */
    void bind() {
        sample.set(STAGES, inputs.stages());
        sample.set(ADJUSTMENTS, inputs.adjustments());
        sample.set(MASKS, inputs.logitMasks());
    }

    /** Launch the first chunk for as many rows and draws as the grid says. */
    void launch(Grid grid) {
        logits(0, 0, grid.heads());
        if (grid.draws() > 0) {
            draws(0, 0, grid.draws(), true);
        }
    }

    /** Launch all chunks, and copy out the logits that the host wants. */
    void launch(HeadPlan plan, MemorySegment hostLogits) {
        int block = 0;
        for (Chunk chunk : plan.chunks()) {
            logits(block, chunk.from(), chunk.rows());
            boolean copied = false;
            for (int i = 0; i < chunk.rows(); i++) {
                int host = plan.hostOfHead(chunk.from() + i);
                if (host >= 0) {
                    copied = true;
                    long bytes = 4L * vocab;
                    api.copyOut(hostLogits.asSlice(bytes * host, bytes), logits + bytes * i, bytes);
                }
            }
            int from = 0;
            do {
                int count = Math.min(StepShape.HEAD_ROWS, chunk.draws() - from);
                if (count > 0) {
                    draws(block, chunk.firstDraw() + from, count, !copied);
                }
                from += StepShape.HEAD_ROWS;
                block++;
            } while (from < chunk.draws());
        }
    }

    private void logits(int block, int from, int rows) {
        long count = inputs.core() + 4L * (block * CoreLayout.COUNTS + CoreLayout.COUNT_HEADS);
        norm.set(0, count);
        norm.set(ROWS, inputs.core() + 4L * (layout.heads + from));
        norm.launch(rows, 1);
        head.set(0, count);
        head.launch(rows, false);
    }

    /** @param follows whether nothing but a kernel was launched before */
    private void draws(int block, int from, int count, boolean follows) {
        sample.set(0, inputs.core() + 4L * block * CoreLayout.COUNTS);
        sample.set(DRAWS, inputs.core() + 4L * (layout.draws + from * CoreLayout.DRAW));
        if (follows) {
            sample.follow(count, 1);
        } else {
            sample.launch(count, 1);
        }
    }
}
