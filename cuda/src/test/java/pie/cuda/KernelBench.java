package pie.cuda;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;

/**
 * Measure single kernels in the shapes of the default model: launches recorded one after the other and replayed, weights of each launch
 * elsewhere, so that they come from memory.
 */
final class KernelBench {
    private static final int LAUNCHES = 100;
    private static final int ROUNDS = 5;
    private static final long SPREAD = 512L << 20;

    private final CudaApi api;
    private final Kernels kernels;
    private final DeviceData data;
    private final long space;
    private final long zeros;

    private KernelBench(CudaApi api, Arena arena) {
        this.api = api;
        api.load(KernelSource.ptx(NumberFormat.F16).getBytes(StandardCharsets.US_ASCII));
        kernels = new Kernels(api, arena, false);
        data = new DeviceData(api, NumberFormat.F16);
        space = data.zeros(SPREAD + (128L << 20));
        zeros = data.zeros(4096);
    }

    public static void main(String[] args) {
        Gpu.require();
        try (CudaApi api = JCudaApi.open(0);
                Arena arena = Arena.ofShared()) {
            KernelBench bench = new KernelBench(api, arena);
            bench.rows();
            for (int m : new int[] {1, 8, 32, 64, 128, 512}) {
                bench.gemm("rotate", false, m, 960, 576);
                bench.gemm("rotate", true, m, 960, 576);
                bench.gemm("add", false, m, 576, 576);
                bench.gemm("swiglu", false, m, 3072, 576);
                bench.gemm("swiglu", true, m, 3072, 576);
                bench.gemm("add", false, m, 576, 1536);
                bench.gemm("store", false, Math.min(m, 128), 49152, 576);
            }
            for (int requests : new int[] {1, 8, 32, 128}) {
                for (int length : new int[] {128, 1024}) {
                    bench.attention(requests, 1, length);
                }
            }
            bench.attention(1, 512, 512);
            for (int draws : new int[] {1, 32, 128}) {
                bench.sample(draws, 0);
                bench.sample(draws, 1);
                bench.sample(draws, 2);
            }
        }
    }

    private interface Launch {
        void run();
    }

    /** Record launches and print the median time of one; bytes: what one launch must move. */
    private void time(String what, long bytes, IntFunction<Launch> launch) {
        Launch[] all = new Launch[LAUNCHES];
        for (int i = 0; i < LAUNCHES; i++) {
            all[i] = launch.apply(i);
        }
        all[0].run();
        api.synchronize();
        api.beginCapture();
        for (Launch l : all) {
            l.run();
        }
        CudaApi.Graph graph = api.endCapture();
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long t = System.nanoTime();
            api.launch(graph);
            api.synchronize();
            best = Math.min(best, (System.nanoTime() - t) / 1e3 / LAUNCHES);
        }
        api.free(graph);
        System.out.printf(Locale.ROOT, "%-44s %8.2f us %8.0f GB/s%n", what, best, bytes / best / 1e3);
    }

    private void rows() {
        long x = data.zeros(4L * 512 * 576);
        long normed = data.zeros(2L * 512 * 576);
        long weight = data.zeros(4L * 576);
        for (int m : new int[] {1, 128}) {
            long count = data.ints(m, m, m, m, m);
            time("rms_norm " + m, 6L * m * 576, i -> {
                Kernel k = kernels.rmsNorm().with(count, 0L, x, x, 36, weight, 1e-5f, 576, normed, 576);
                return () -> k.launch(m, 1);
            });
        }
    }

    /** @param fused whether rows are normed as they are read */
    private void gemm(String kind, boolean fused, int m, int rows, int inputs) {
        long count = data.ints(m);
        long x = data.zeros(4L * 512 * 1536);
        long out = data.zeros(4L * 128 * 49152);
        int tiles = (rows + 63) / 64 * 4;
        long bytes = 2L * tiles * 16 * inputs;
        int outputs = kind.equals("swiglu") ? rows / 2 : rows;
        for (int width : new int[] {8, 16, 32, 64}) {
            if ((width < 32 && m > 8 * width) || (width > 8 && m <= width / 2) || (fused && width == 64)) {
                continue;
            }
            time((fused ? "norm, " : "") + kind + " " + m + " rows, width " + width, bytes, i -> {
                long at = space + (bytes * i) % Math.max(1, SPREAD - bytes) / 1024 * 1024;
                List<Object> arguments = new ArrayList<>(List.of(count, at, inputs / 32, outputs));
                arguments.addAll(fused ? List.of(x, x, (inputs + 15) / 16, x, 1e-5f, inputs) : List.of(x, inputs));
                arguments.addAll(List.of(out, outputs));
                if (kind.equals("add")) {
                    arguments.addAll(List.of(x + (2L * 512 * 1536), outputs / 16));
                }
                if (!kind.equals("store")) {
                    arguments.addAll(List.of(0L, 0L, 0L, 0));
                }
                if (kind.equals("rotate")) {
                    long pool = space + SPREAD;
                    arguments.addAll(List.of(zeros, zeros, 0L, space, 32, pool, 10000L, 0L, 4, 9, 3, 64));
                }
                Kernel k = kernel(kind, fused, width).with(arguments.toArray());
                return () -> k.launch(width == 64 ? tiles / 4 : tiles, (m + width - 1) / width);
            });
        }
        api.free(x);
        api.free(out);
    }

    private Kernel kernel(String kind, boolean fused, int width) {
        return switch (kind) {
            case "store" -> kernels.store(width);
            case "add" -> kernels.add(width);
            case "swiglu" -> fused ? kernels.normSwiglu(width) : kernels.swiglu(width);
            default -> fused ? kernels.normRotate(width) : kernels.rotate(width);
        };
    }

    private void attention(int requests, int q, int length) {
        int group = 3;
        int pages = (length + 15) / 16;
        int tiles = (q * group + 15) / 16;
        int[] request = new int[requests * 12];
        int[] items = new int[requests * tiles * 8];
        int[] table = new int[requests * pages];
        for (int r = 0; r < requests; r++) {
            request[12 * r] = r * q;
            request[12 * r + 1] = q;
            request[12 * r + 2] = length;
            request[12 * r + 3] = r * pages;
            request[12 * r + 7] = -1;
            for (int t = 0; t < tiles; t++) {
                int at = (r * tiles + t) * 8;
                items[at] = r;
                items[at + 1] = t * 16;
                items[at + 3] = (length + 255) / 256;
                items[at + 4] = -1;
            }
            for (int p = 0; p < pages; p++) {
                table[r * pages + p] = (r * pages + p) % 1400;
            }
        }
        long counts = data.ints(requests * q, 0, 0, requests * tiles, 0);
        long queries = data.zeros(2L * requests * q * 576);
        long out = data.zeros(2L * requests * q * 576);
        long itemsAt = data.ints(items);
        long requestsAt = data.ints(request);
        long tableAt = data.ints(table);
        time("attention " + requests + " x " + q + " rows, " + length, 2L * 2 * 3 * 64 * requests * length, i -> {
            Kernel k = kernels.attention(64)
                    .with(
                            counts,
                            itemsAt,
                            requestsAt,
                            tableAt,
                            tableAt,
                            queries,
                            576,
                            space,
                            (long) 30 * 2 * 3 * 16 * 64,
                            (long) i % 30 * 2 * 3 * 16 * 64,
                            4,
                            3,
                            group,
                            0.18f,
                            out,
                            576,
                            out);
            return () -> k.launch(requests * tiles, 3);
        });
    }

    /** @param kind 0 greedy, 1 temperature, 2 temperature and top-p */
    private void sample(int draws, int kind) {
        int vocab = 49152;
        java.util.Random random = new java.util.Random(3);
        float[] row = new float[vocab];
        for (int i = 0; i < vocab; i++) {
            row[i] = (float) random.nextGaussian() * 3;
        }
        long logits = data.zeros(4L * draws * vocab);
        long one = data.floats(row);
        for (int d = 0; d < draws; d++) {
            api.copy(logits + 4L * d * vocab, one, 4L * vocab);
        }
        int[] draw = new int[draws * 10];
        for (int d = 0; d < draws; d++) {
            draw[10 * d] = d;
            draw[10 * d + 1] = d;
            draw[10 * d + 2] = -1;
            draw[10 * d + 4] = Math.max(1, kind);
            draw[10 * d + 6] = d;
        }
        int[] stages = {2, Float.floatToRawIntBits(kind == 0 ? 0 : 0.8f), 0, 0, 5, Float.floatToRawIntBits(0.95f), 0, 0
        };
        long work = data.zeros(4L * draws * vocab);
        long result = data.zeros(8L * draws);
        Kernel k = kernels.sample()
                .with(
                        data.ints(draws, draws, draws),
                        data.ints(draw),
                        data.ints(stages),
                        work,
                        work,
                        logits,
                        work,
                        vocab,
                        result,
                        result + 4L * draws);
        String what = kind == 0 ? "greedy" : kind == 1 ? "temperature" : "top-p";
        time("sample " + draws + " " + what, 4L * draws * vocab, i -> () -> k.launch(draws, 1));
        api.free(logits);
        api.free(work);
    }
}
