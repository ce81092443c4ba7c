package pie.cuda.step;

import java.util.ArrayList;
import java.util.List;
import pie.cuda.Kernel;
import pie.cuda.Kernels;
import pie.cuda.api.CudaApi;
import pie.cuda.model.DeviceLayer;
import pie.cuda.model.DeviceModel;
import pie.cuda.model.PackedMatrix;
import pie.engine.model.ModelConfig;

/** Launch the layers of a decoder. Kernels and their arguments are made once; a step only launches them. */
final class ForwardPass {
    private static final int TABLES = 3;
    private static final int MASKS = 4;
    private static final float LOG2_E = 1.442695040888963407f;

    private record Layer(
            Kernel attentionNorm,
            Gemm qkv,
            Kernel ropeAppend,
            Kernel attention,
            Kernel merge,
            Gemm output,
            Kernel feedForwardNorm,
            Gemm gateUp,
            Gemm down) {}

    private final int kvHeads;
    private final Kernel embed;
    private final List<Layer> layers = new ArrayList<>();
    private final long x;

    /** Where inputs of the step lie on the device. */
    private record Inputs(long counts, long tokens, long angles, long places, long requests, long items, long merges) {}

    /** Buffers between kernels. */
    private record Buffers(long normed, long qkv, long queries, long attended, long activated, long partials) {}

    ForwardPass(
            CudaApi api,
            Kernels kernels,
            DeviceModel model,
            StepShape shape,
            CoreLayout layout,
            long core,
            long drawn,
            long pool) {
        ModelConfig config = model.config();
        kvHeads = config.kvHeads();
        Inputs in = new Inputs(
                core,
                core + 4L * layout.tokens,
                core + 4L * layout.angles,
                core + 4L * layout.places,
                core + 4L * layout.requests,
                core + 4L * layout.items,
                core + 4L * layout.merges);
        int rows = shape.maxRows();
        x = zeroed(api, 4L * rows * config.hidden());
        Buffers buffers = new Buffers(
                zeroed(api, 2L * rows * PackedMatrix.stride(config.hidden())),
                zeroed(api, 4L * rows * shape.qkvWidth()),
                zeroed(api, 2L * rows * shape.queryWidth()),
                zeroed(api, 2L * rows * PackedMatrix.stride(shape.queryWidth())),
                zeroed(api, 2L * rows * PackedMatrix.stride(config.ffn())),
                zeroed(api, 4L * StepShape.PARTIALS * StepShape.PAIRS * (config.headDim() + 2)));
        PackedMatrix table = model.embedding();
        embed = kernels.embed()
                .with(in.counts, in.tokens, drawn, table.address(), table.columnTiles(), config.hidden(), x);
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(layer(kernels, model, shape, in, buffers, pool, i));
        }
    }

    static long zeroed(CudaApi api, long bytes) {
        long address = api.allocate(bytes);
        api.fill(address, (byte) 0, bytes);
        return address;
    }

    private Layer layer(
            Kernels kernels, DeviceModel model, StepShape shape, Inputs in, Buffers b, long pool, int index) {
        ModelConfig config = model.config();
        DeviceLayer w = model.layers().get(index);
        int units = shape.multiprocessors();
        int hiddenStride = PackedMatrix.stride(config.hidden());
        int queryStride = shape.queryWidth();
        int attendedStride = PackedMatrix.stride(shape.queryWidth());
        long layerAt = index * shape.layerNumbers();
        float scale = (float) (LOG2_E / Math.sqrt(config.headDim()));
        return new Layer(
                norm(kernels, in, w.attentionNorm(), config, b.normed, hiddenStride),
                new Gemm(kernels, "store", w.qkv(), units, in.counts, b.normed, b.qkv, shape.qkvWidth()),
                kernels.ropeAppend()
                        .with(
                                in.counts,
                                in.angles,
                                in.places,
                                b.qkv,
                                shape.qkvWidth(),
                                w.qkvBias(),
                                model.angles(),
                                config.rotaryDim() / 2,
                                b.queries,
                                queryStride,
                                pool,
                                shape.pageNumbers(),
                                layerAt,
                                shape.pageShift(),
                                config.heads(),
                                config.kvHeads(),
                                config.headDim()),
                kernels.attention(config.headDim())
                        .with(
                                in.counts,
                                in.items,
                                in.requests,
                                0L,
                                0L,
                                b.queries,
                                queryStride,
                                pool,
                                shape.pageNumbers(),
                                layerAt,
                                shape.pageShift(),
                                config.kvHeads(),
                                shape.group(),
                                scale,
                                b.attended,
                                attendedStride,
                                b.partials),
                kernels.attentionMerge()
                        .with(
                                in.counts,
                                in.merges,
                                in.requests,
                                config.kvHeads(),
                                shape.group(),
                                config.headDim(),
                                b.attended,
                                attendedStride,
                                b.partials),
                new Gemm(kernels, "add", w.output(), units, in.counts, b.attended, x, config.hidden()),
                norm(kernels, in, w.feedForwardNorm(), config, b.normed, hiddenStride),
                new Gemm(
                        kernels,
                        "swiglu",
                        w.gateUp(),
                        units,
                        in.counts,
                        b.normed,
                        b.activated,
                        PackedMatrix.stride(config.ffn())),
                new Gemm(kernels, "add", w.down(), units, in.counts, b.activated, x, config.hidden()));
    }

    private Kernel norm(Kernels kernels, Inputs in, long weight, ModelConfig config, long out, int stride) {
        return kernels.rmsNorm().with(in.counts, 0L, x, weight, config.rmsEpsilon(), config.hidden(), out, stride);
    }

    /** Return the address of the residual stream, f32 [rows, hidden]. */
    long x() {
        return x;
    }

    /** Take page tables and attention masks from other addresses. */
    void bind(long tables, long masks) {
        for (Layer layer : layers) {
            layer.attention.set(TABLES, tables);
            layer.attention.set(MASKS, masks);
        }
    }

    /** Launch every kernel of a layer once. */
    void touch(Grid grid) {
        launch(grid);
        Layer layer = layers.getFirst();
        layer.qkv.touch();
        layer.output.touch();
        layer.gateUp.touch();
    }

    void launch(Grid grid) {
        int rows = grid.rows();
        embed.launch(rows, 1);
        for (Layer layer : layers) {
            layer.attentionNorm.launch(rows, 1);
            layer.qkv.launch(rows);
            layer.ropeAppend.launch(rows, 1);
            layer.attention.launch(grid.items(), kvHeads);
            if (grid.merges() > 0) {
                layer.merge.launch(grid.merges(), kvHeads);
            }
            layer.output.launch(rows);
            layer.feedForwardNorm.launch(rows, 1);
            layer.gateUp.launch(rows);
            layer.down.launch(rows);
        }
    }
}
