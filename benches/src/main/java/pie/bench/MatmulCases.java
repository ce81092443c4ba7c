package pie.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import pie.cpu.ChosenKernels;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.DecoderLayer;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.OffHeap;
import pie.engine.model.ModelConfig;

/** List the matmuls of a model: those of one kind in all layers, one after the other, as a step has them; a mixture's first expert. */
final class MatmulCases {
    /** Most rows that the head gets at once. */
    private static final int HEAD_ROWS = 32;

    private final ChosenKernels kernels;
    private final Arena arena;
    private final Random random = new Random(1);

    MatmulCases(ChosenKernels kernels, Arena arena) {
        this.kernels = kernels;
        this.arena = arena;
    }

    List<KernelCase> of(List<Integer> rows) {
        Decoder decoder = kernels.decoder();
        ModelConfig model = decoder.config();
        int queries = model.heads() * model.headDim();
        int keys = model.kvHeads() * model.headDim();
        List<KernelCase> cases = new ArrayList<>();
        for (int r : rows) {
            cases.add(layers("qkv", model.hidden(), queries + 2 * keys, r, DecoderLayer::qkv));
            cases.add(layers("output", queries, model.hidden(), r, DecoderLayer::output));
            cases.add(layers(
                    "gate, up",
                    model.hidden(),
                    2 * model.ffn(),
                    r,
                    l -> l.feedForward().first().gateUp()));
            cases.add(layers(
                    "down",
                    model.ffn(),
                    model.hidden(),
                    r,
                    l -> l.feedForward().first().down()));
            if (r <= HEAD_ROWS) {
                cases.add(matmul("head", model.hidden(), model.vocab(), r, List.of(decoder.head())));
            }
        }
        return cases;
    }

    private KernelCase layers(String name, int k, int n, int rows, Function<DecoderLayer, Linear> linear) {
        List<Linear> linears = kernels.decoder().layers().stream().map(linear).toList();
        return matmul(name, k, n, rows, linears);
    }

    private KernelCase matmul(String name, int k, int n, int rows, List<Linear> linears) {
        Linear first = linears.getFirst();
        MemorySegment x = OffHeap.zeroed(arena, 4L * DnnlTeam.size(rows) * k);
        for (long i = 0; i < (long) rows * k; i++) {
            x.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        MemorySegment y = OffHeap.zeroed(arena, 4L * DnnlTeam.size(rows) * first.stride());
        return new KernelCase(
                name + " " + k + " x " + n,
                rows,
                first.describe(),
                linears.size(),
                linears.stream().mapToLong(Linear::weightBytes).sum(),
                2.0 * rows * k * n * linears.size(),
                () -> kernels.team().run(worker -> {
                    for (Linear linear : linears) {
                        linear.run(worker, x, rows, y);
                        kernels.team().barrier();
                    }
                }));
    }
}
