package pie.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.SamplerStage;
import pie.engine.driver.StepSink;
import pie.engine.model.Models;
import pie.engine.testing.DriverBench;
import pie.engine.testing.TestAdapters;
import pie.engine.testing.TestModel;

/**
 * Measure prefill and decode of the default model: {@code CudaBench [option=value ...]}, with {@code -Dcases=pp512,b1,b8} and
 * {@code -Dsteps=N}: prompts, streams, streams with temperature (t) and top-p (s), and with an adapter (l). Decode steps are chained: each takes the draws of the one before, two are in flight.
 */
final class CudaBench {
    private static final int CONTEXT = 128;

    private final Driver driver;
    private final ForwardBatch[] batches;
    private final int pageSize;

    private CudaBench(Driver driver) {
        this.driver = driver;
        batches = new ForwardBatch[] {driver.newBatch(), driver.newBatch(), driver.newBatch()};
        pageSize = driver.capabilities().pageSize();
    }

    public static void main(String[] args) {
        Gpu.require();
        DriverConfig config = DriverConfig.DEFAULT;
        for (String arg : args) {
            config = config.withOption(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        long start = System.nanoTime();
        try (var model = Models.open(TestModel.path());
                var driver = new CudaDriverProvider().open(model, config, System.out::println)) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, %s, open %.0f ms%n",
                    driver.capabilities().deviceName(),
                    driver.capabilities().kernels(),
                    (System.nanoTime() - start) / 1e6);
            CudaBench bench = new CudaBench(driver);
            int steps = Integer.getInteger("steps", 200);
            for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
                for (String name : System.getProperty("cases", "pp128,pp512,b1,b8,b32,b128,s1,s32,s128")
                        .split(",")) {
                    int n = Integer.parseInt(name.replaceAll("[a-z]", ""));
                    switch (name.charAt(0)) {
                        case 'p' -> bench.prefill(n);
                        case 's' -> bench.decode(n, steps, Drawn.TOP_P, false);
                        case 't' -> bench.decode(n, steps, Drawn.TEMPERATURE, false);
                        case 'l' -> {
                            bench.loadAdapter(TestAdapters.random(Optional.of(model.config()), 1, 16, 0.1f));
                            bench.decode(n, steps, Drawn.GREEDY, true);
                        }
                        default -> bench.decode(n, steps, Drawn.GREEDY, false);
                    }
                }
            }
        }
    }

    private void prefill(int n) {
        double[] times = new double[10];
        for (int i = 0; i < times.length; i++) {
            ForwardBatch b = batches[0];
            b.clear();
            b.step++;
            add(b, 0, 0, n, -1);
            draw(b, 0, Drawn.GREEDY);
            long t = System.nanoTime();
            submit(b).join();
            times[i] = (System.nanoTime() - t) / 1e6;
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "prefill %d: %.2f ms (best %.2f), %.0f tokens/s%n",
                n,
                times[5],
                times[0],
                n / times[5] * 1e3);
    }

    private enum Drawn {
        GREEDY(""),
        TEMPERATURE(" (temperature 0.8)"),
        TOP_P(" (temperature 0.8, top-p 0.95)");

        final String text;

        Drawn(String text) {
            this.text = text;
        }
    }

    private void loadAdapter(LoraAdapter adapter) {
        new DriverBench(driver).load(1, adapter);
    }

    private void decode(int streams, int steps, Drawn drawn, boolean adapted) {
        List<CompletableFuture<ForwardResult>> flying = new ArrayList<>();
        long prepare = 0;
        long start = 0;
        int warm = 20;
        int digest = 0;
        for (int i = 0; i < steps + warm; i++) {
            if (i == warm) {
                start = System.nanoTime();
                prepare = 0;
            }
            ForwardBatch b = batches[i % 3];
            b.clear();
            b.step = i;
            for (int s = 0; s < streams; s++) {
                add(b, s, CONTEXT + i, 1, i == 0 ? -1 : s);
                b.adapter[s] = adapted ? 1 : 0;
                draw(b, s, drawn);
            }
            if (flying.size() == 2) {
                ForwardResult result = flying.removeFirst().join();
                prepare += result.prepareNanos;
                digest = digest(digest, result, streams);
            }
            flying.add(submit(b));
        }
        for (var f : flying) {
            ForwardResult result = f.join();
            prepare += result.prepareNanos;
            digest = digest(digest, result, streams);
        }
        double ms = (System.nanoTime() - start) / 1e6 / steps;
        System.out.printf(
                Locale.ROOT,
                "decode %d streams%s: %.3f ms a step, %.0f tokens/s, preparing %.3f ms, tokens %08x%n",
                streams,
                drawn.text + (adapted ? " (adapter of rank 16)" : ""),
                ms,
                streams / ms * 1e3,
                prepare / 1e6 / steps,
                digest);
    }

    /** Fold the tokens of a step in: runs of the same cases must print the same, whatever the options. */
    private static int digest(int before, ForwardResult result, int streams) {
        int digest = before;
        for (int s = 0; s < streams; s++) {
            digest = 31 * digest + result.token[s];
        }
        return digest;
    }

    /** Add rows of a context; a chain of 0 or more: the token is that draw of the step before. */
    private void add(ForwardBatch b, int context, int from, int rows, int chain) {
        int r = b.requests++;
        b.qoIndptr[0] = 0;
        b.pageIndptr[0] = 0;
        b.maskIndptr[0] = 0;
        for (int i = 0; i < rows; i++) {
            b.tokens[b.rows + i] = chain < 0 ? 1000 + (37 * (context + i)) % 40000 : ~chain;
            b.positions[b.rows + i] = from + i;
        }
        b.rows += rows;
        b.qoIndptr[r + 1] = b.rows;
        b.kvLength[r] = from + rows;
        b.noWrite[r] = false;
        b.nonCausal[r] = false;
        b.sink[r] = 0;
        b.visibleFrom[r] = 0;
        b.window[r] = 0;
        b.maskIndptr[r + 1] = 0;
        int pages = (from + rows + pageSize - 1) / pageSize;
        int at = b.pageIndptr[r];
        if (at + pages > b.pageIndices.length) {
            b.pageIndices = Arrays.copyOf(b.pageIndices, 2 * (at + pages));
            b.pageOrdinals = Arrays.copyOf(b.pageOrdinals, 2 * (at + pages));
        }
        for (int i = 0; i < pages; i++) {
            b.pageIndices[at + i] = context * 64 + i;
            b.pageOrdinals[at + i] = i;
        }
        b.pageIndptr[r + 1] = at + pages;
    }

    private static void draw(ForwardBatch b, int request, Drawn drawn) {
        int s = b.draws++;
        b.drawRow[s] = b.qoIndptr[request + 1] - 1;
        b.drawIndex[s] = b.step;
        b.seed[s] = request;
        b.chainIndptr[0] = 0;
        b.adjustIndptr[0] = 0;
        b.logitMaskRef[s] = ForwardBatch.NO_MASK;
        int n = b.chainIndptr[s];
        b.stageKind[n] = SamplerStage.TEMPERATURE;
        b.stageParam[n] = drawn == Drawn.GREEDY ? 0 : 0.8f;
        b.adjustIndptr[++n] = 0;
        if (drawn == Drawn.TOP_P) {
            b.stageKind[n] = SamplerStage.TOP_P;
            b.stageParam[n] = 0.95f;
            b.adjustIndptr[++n] = 0;
        }
        b.chainIndptr[s + 1] = n;
    }

    private CompletableFuture<ForwardResult> submit(ForwardBatch b) {
        CompletableFuture<ForwardResult> end = new CompletableFuture<>();
        driver.submit(b, new StepSink() {
            @Override
            public void done(ForwardBatch batch, ForwardResult result) {
                end.complete(result);
            }

            @Override
            public void failed(ForwardBatch batch, DriverFault fault) {
                end.completeExceptionally(new IllegalStateException(fault.message(), fault.cause()));
            }
        });
        return end;
    }
}
