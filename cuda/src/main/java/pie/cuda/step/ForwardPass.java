package pie.cuda.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import pie.cuda.CuBlas;
import pie.cuda.Kernel;
import pie.cuda.Kernels;
import pie.cuda.api.CudaApi;
import pie.cuda.model.AdapterTables;
import pie.cuda.model.DeviceLayer;
import pie.cuda.model.DeviceModel;
import pie.cuda.model.PackedMatrix;
import pie.engine.model.ModelConfig;

/**
 * Launch the layers of a decoder. Kernels and their arguments are made once; a step only launches them.
 *
 * <pre>
 * layer   norm, queries, keys, values, rotate, keep | attend | output, add | norm, gates, ups, gate | down, add
 * </pre>
 *
 * A bar is a launch; for many rows norms are launches of their own. Whatever writes the residual stream leaves sums of its squares beside it.
 * All but the first launch of a step begin early: see {@link Kernel#follow}.
 */
final class ForwardPass {
    private static final int TABLES = 3;
    private static final int MASKS = 4;
    /** Blocks that share the sums of a row's adapter, each 8 of them at a time. */
    private static final int SHRINKING_BLOCKS = 8;

    private static final float LOG2_E = 1.442695040888963407f;

    private record Layer(
            NormedGemm rotate,
            Kernel attention,
            Kernel merge,
            Gemm output,
            NormedGemm gateUp,
            Gemm down,
            AdaptedLayer adapted) {}

    /** Low-rank parts of a layer's matrices, launched before them. */
    private record AdaptedLayer(Kernel rotate, Kernel output, Kernel gateUp, Kernel down, AdapterTables.Layer tables) {}

    private final int kvHeads;
    private final Kernel embed;
    private final List<Layer> layers = new ArrayList<>();
    private final Buffers buffers;
    private final Optional<CuBlas> library;
    private boolean adapted;

    /** Where inputs of the step lie on the device. */
    private record Inputs(
            long counts,
            long tokens,
            long angles,
            long places,
            long adapters,
            long requests,
            long items,
            long merges) {}

    /** Buffers between kernels: {@code x} f32 [rows, hidden], {@code squares} f32 [rows, parts]. */
    private record Buffers(
            long x,
            long squares,
            int parts,
            long normed,
            long queries,
            long attended,
            long activated,
            long partials,
            long shrunk,
            long products) {}

    ForwardPass(
            CudaApi api,
            Kernels kernels,
            DeviceModel model,
            AdapterTables adapters,
            StepShape shape,
            CoreLayout layout,
            Optional<CuBlas> library,
            long core,
            long drawn,
            long pool) {
        this.library = library;
        ModelConfig config = model.config();
        kvHeads = config.kvHeads();
        Inputs in = new Inputs(
                core,
                core + 4L * layout.tokens,
                core + 4L * layout.angles,
                core + 4L * layout.places,
                core + 4L * layout.adapters,
                core + 4L * layout.requests,
                core + 4L * layout.items,
                core + 4L * layout.merges);
        int rows = shape.maxRows();
        int parts = (config.hidden() + PackedMatrix.TILE_ROWS - 1) / PackedMatrix.TILE_ROWS;
        buffers = new Buffers(
                zeroed(api, 4L * rows * config.hidden()),
                zeroed(api, 4L * rows * parts),
                parts,
                zeroed(api, 2L * rows * PackedMatrix.stride(config.hidden())),
                zeroed(api, 2L * rows * shape.queryWidth()),
                zeroed(api, 2L * rows * PackedMatrix.stride(shape.queryWidth())),
                zeroed(api, 2L * rows * PackedMatrix.stride(config.ffn())),
                zeroed(api, 4L * StepShape.PARTIALS * StepShape.PAIRS * (config.headDim() + 2)),
                zeroed(api, 4L * rows * AdapterTables.MOST_RANK),
                library.isEmpty() ? 0 : zeroed(api, 4L * rows * widest(model)));
        PackedMatrix table = model.embedding();
        embed = kernels.embed()
                .with(
                        in.counts,
                        in.tokens,
                        drawn,
                        table.address(),
                        table.columnTiles(),
                        config.hidden(),
                        buffers.x,
                        buffers.squares,
                        parts);
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(layer(kernels, model, adapters.layer(i), shape, in, pool, i));
        }
    }

    private static int widest(DeviceModel model) {
        return model.layers().stream()
                .mapToInt(l -> Math.max(
                        Math.max(l.qkv().rows(), l.output().rows()),
                        Math.max(l.gateUp().rows(), l.down().rows())))
                .max()
                .orElse(0);
    }

    static long zeroed(CudaApi api, long bytes) {
        long address = api.allocate(bytes);
        api.fill(address, (byte) 0, bytes);
        return address;
    }

    private Layer layer(
            Kernels kernels,
            DeviceModel model,
            AdapterTables.Layer adapters,
            StepShape shape,
            Inputs in,
            long pool,
            int index) {
        ModelConfig config = model.config();
        DeviceLayer w = model.layers().get(index);
        Buffers b = buffers;
        int queryStride = shape.queryWidth();
        int attendedStride = PackedMatrix.stride(shape.queryWidth());
        int activatedStride = PackedMatrix.stride(config.ffn());
        long layerAt = index * shape.layerNumbers();
        float scale = (float) (LOG2_E / Math.sqrt(config.headDim()));
        return new Layer(
                rotate(kernels, w, config, shape, in, pool, layerAt, model.angles()),
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
                add(kernels, w.output(), shape, in, b.attended, config),
                gateUp(kernels, w, config, shape, in, activatedStride),
                add(kernels, w.down(), shape, in, b.activated, config),
                new AdaptedLayer(
                        shrinkNormed(kernels, in, adapters.rotate(), w.attentionNorm(), config),
                        shrinkPlain(kernels, in, adapters.output(), b.attended, w.output()),
                        shrinkNormed(kernels, in, adapters.gateUp(), w.feedForwardNorm(), config),
                        shrinkPlain(kernels, in, adapters.down(), b.activated, w.down()),
                        adapters));
    }

    private NormedGemm rotate(
            Kernels kernels,
            DeviceLayer w,
            ModelConfig config,
            StepShape shape,
            Inputs in,
            long pool,
            long layerAt,
            long angles) {
        Buffers b = buffers;
        Object[] rotation = {
            in.angles,
            in.places,
            w.qkvBias(),
            angles,
            config.rotaryDim() / 2,
            pool,
            shape.pageNumbers(),
            layerAt,
            shape.pageShift(),
            config.heads(),
            config.kvHeads(),
            config.headDim()
        };
        return normed(
                w.qkv(),
                shape,
                norm(kernels, in, w.attentionNorm(), config),
                width -> new Arguments(in.counts, w.qkv())
                        .add(residual(w.attentionNorm(), config))
                        .add(b.queries, shape.queryWidth())
                        .add(noAdapters(in))
                        .add(rotation)
                        .of(kernels.normRotate(width)),
                width -> new Arguments(in.counts, w.qkv())
                        .add(b.normed, PackedMatrix.stride(config.hidden()), b.queries, shape.queryWidth())
                        .add(noAdapters(in))
                        .add(rotation)
                        .of(kernels.rotate(width)),
                () -> Arguments.products(in.counts, b.products, w.qkv())
                        .add(b.queries, shape.queryWidth())
                        .add(noAdapters(in))
                        .add(rotation)
                        .of(kernels.finishRotate()));
    }

    private NormedGemm gateUp(
            Kernels kernels, DeviceLayer w, ModelConfig config, StepShape shape, Inputs in, int activatedStride) {
        Buffers b = buffers;
        return normed(
                w.gateUp(),
                shape,
                norm(kernels, in, w.feedForwardNorm(), config),
                width -> new Arguments(in.counts, w.gateUp())
                        .add(residual(w.feedForwardNorm(), config))
                        .add(b.activated, activatedStride)
                        .add(noAdapters(in))
                        .of(kernels.normSwiglu(width)),
                width -> new Arguments(in.counts, w.gateUp())
                        .add(b.normed, PackedMatrix.stride(config.hidden()), b.activated, activatedStride)
                        .add(noAdapters(in))
                        .of(kernels.swiglu(width)),
                () -> Arguments.products(in.counts, b.products, w.gateUp())
                        .add(b.activated, activatedStride)
                        .add(noAdapters(in))
                        .of(kernels.finishSwiglu()));
    }

    private NormedGemm normed(
            PackedMatrix matrix,
            StepShape shape,
            Kernel norm,
            IntFunction<Kernel> fused,
            IntFunction<Kernel> plain,
            Supplier<Kernel> finish) {
        int units = shape.multiprocessors();
        return new NormedGemm(
                new Gemm(matrix, units, width -> fused.apply(Math.min(width, NormedGemm.FEW))),
                norm,
                new Gemm(matrix, units, plain, library(matrix, buffers.normed, finish)));
    }

    private Optional<LibraryGemm> library(PackedMatrix matrix, long x, Supplier<Kernel> finish) {
        return library.map(l -> new LibraryGemm(l, matrix, x, buffers.products, finish.get()));
    }

    private Gemm add(Kernels kernels, PackedMatrix matrix, StepShape shape, Inputs in, long from, ModelConfig config) {
        Buffers b = buffers;
        return new Gemm(
                matrix,
                shape.multiprocessors(),
                width -> new Arguments(in.counts, matrix)
                        .add(from, PackedMatrix.stride(matrix.inputs()), b.x, config.hidden(), b.squares, b.parts)
                        .add(noAdapters(in))
                        .of(kernels.add(width)),
                library(
                        matrix,
                        from,
                        () -> Arguments.products(in.counts, b.products, matrix)
                                .add(b.x, config.hidden(), b.squares, b.parts)
                                .add(noAdapters(in))
                                .of(kernels.finishAdd())));
    }

    private Object[] residual(long weight, ModelConfig config) {
        return new Object[] {
            buffers.x, buffers.squares, buffers.parts, weight, config.rmsEpsilon(), config.hidden(),
        };
    }

    private Object[] noAdapters(Inputs in) {
        return new Object[] {0L, in.adapters, buffers.shrunk, AdapterTables.MOST_RANK};
    }

    private Kernel norm(Kernels kernels, Inputs in, long weight, ModelConfig config) {
        Buffers b = buffers;
        return kernels.rmsNorm()
                .with(
                        in.counts,
                        0L,
                        b.x,
                        b.squares,
                        b.parts,
                        weight,
                        config.rmsEpsilon(),
                        config.hidden(),
                        b.normed,
                        PackedMatrix.stride(config.hidden()));
    }

    private Kernel shrinkNormed(Kernels kernels, Inputs in, long table, long weight, ModelConfig config) {
        Buffers b = buffers;
        return kernels.shrinkNormed()
                .with(
                        in.counts,
                        in.adapters,
                        table,
                        b.x,
                        b.squares,
                        b.parts,
                        weight,
                        config.rmsEpsilon(),
                        config.hidden(),
                        b.shrunk,
                        AdapterTables.MOST_RANK);
    }

    private Kernel shrinkPlain(Kernels kernels, Inputs in, long table, long from, PackedMatrix matrix) {
        return kernels.shrinkPlain()
                .with(
                        in.counts,
                        in.adapters,
                        table,
                        from,
                        PackedMatrix.stride(matrix.inputs()),
                        matrix.inputs(),
                        buffers.shrunk,
                        AdapterTables.MOST_RANK);
    }

    /** Return the address of the residual stream, f32 [rows, hidden]. */
    long x() {
        return buffers.x;
    }

    /** Return the address of the sums of its squares, f32 [rows, {@link #parts}]. */
    long squares() {
        return buffers.squares;
    }

    int parts() {
        return buffers.parts;
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
        adapt(grid.adapted());
        embed.launch(grid.rows(), 1);
        Layer layer = layers.getFirst();
        layer.attention.launch(grid.items(), kvHeads);
        layer.merge.launch(grid.merges(), kvHeads);
        layer.rotate.touch();
        layer.output.touch();
        layer.gateUp.touch();
        layer.adapted.rotate.launch(1, 1);
        layer.adapted.output.launch(1, 1);
        adapt(false);
    }

    /** Let rows have adapters, or not: what is not there costs nothing. */
    private void adapt(boolean now) {
        if (now == adapted) {
            return;
        }
        adapted = now;
        for (Layer layer : layers) {
            AdapterTables.Layer tables = layer.adapted.tables;
            layer.rotate.adapt(now ? tables.rotate() : 0);
            layer.output.adapt(Arguments.ADD_TABLE, Arguments.FINISH_ADD_TABLE, now ? tables.output() : 0);
            layer.gateUp.adapt(now ? tables.gateUp() : 0);
            layer.down.adapt(Arguments.ADD_TABLE, Arguments.FINISH_ADD_TABLE, now ? tables.down() : 0);
        }
    }

    /** @param recorded whether launches are being recorded */
    void launch(Grid grid, boolean recorded) {
        int rows = grid.rows();
        adapt(grid.adapted());
        embed.launch(rows, 1);
        for (Layer layer : layers) {
            shrink(layer.adapted.rotate, rows);
            layer.rotate.launch(rows, !recorded);
            layer.attention.follow(grid.items(), kvHeads);
            if (grid.merges() > 0) {
                layer.merge.follow(grid.merges(), kvHeads);
            }
            shrink(layer.adapted.output, rows);
            layer.output.launch(rows, !recorded);
            shrink(layer.adapted.gateUp, rows);
            layer.gateUp.launch(rows, !recorded);
            shrink(layer.adapted.down, rows);
            layer.down.launch(rows, !recorded);
        }
    }

    private void shrink(Kernel kernel, int rows) {
        if (adapted) {
            kernel.follow(rows, SHRINKING_BLOCKS);
        }
    }
}
