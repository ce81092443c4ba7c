package pie.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pie.cpu.Harness.Context;
import pie.cpu.Harness.Slice;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** Measure prefill and decode of the default model; run by hand: {@code Bench [option=value ...]}. */
final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        DriverConfig config = DriverConfig.DEFAULT;
        for (String arg : args) {
            config = config.withOption(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        long start = System.nanoTime();
        try (var model = Models.open(TestModel.path());
                var driver = new CpuDriverProvider().open(model, config, System.out::println)) {
            System.out.printf(
                    "open %.0f ms, %s%n",
                    (System.nanoTime() - start) / 1e6, driver.capabilities().kernels());
            Harness h = new Harness(driver);
            int[] prompt = new int[512];
            Arrays.setAll(prompt, i -> 1000 + 37 * i % 40000);
            h.pass(List.of(Slice.drawn(h.context(), Arrays.copyOf(prompt, 5))));
            System.out.printf("first token %.0f ms after start of open%n", (System.nanoTime() - start) / 1e6);
            rss();
            Thread.sleep(4000);
            for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
                StringBuilder line = new StringBuilder();
                for (int p : new int[] {128, 512}) {
                    Context c = h.context();
                    long t = System.nanoTime();
                    h.pass(List.of(Slice.drawn(c, Arrays.copyOf(prompt, p))));
                    line.append(String.format("pp%d %.0f t/s  ", p, p / ((System.nanoTime() - t) / 1e9)));
                    h.release(c);
                }
                for (int b : new int[] {1, 8, 32}) {
                    List<Context> contexts = new ArrayList<>();
                    for (int i = 0; i < b; i++) {
                        Context c = h.context();
                        h.pass(List.of(Slice.drawn(c, Arrays.copyOf(prompt, 64))));
                        contexts.add(c);
                    }
                    int n = b == 1 ? 64 : 32;
                    double[] times = new double[n];
                    for (int i = 0; i < n; i++) {
                        long t = System.nanoTime();
                        List<Slice> slices = new ArrayList<>();
                        for (Context c : contexts) {
                            slices.add(Slice.drawn(c, new int[] {1000 + i}));
                        }
                        h.pass(slices);
                        times[i] = (System.nanoTime() - t) / 1e6;
                    }
                    Arrays.sort(times);
                    line.append(
                            String.format("b%d %.1f t/s (best %.1f)  ", b, b / times[n / 2] * 1e3, b / times[0] * 1e3));
                    contexts.forEach(h::release);
                }
                System.out.println(line);
            }
            rss();
        }
    }

    private static void rss() throws Exception {
        for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS") || line.startsWith("RssAnon") || line.startsWith("RssFile")) {
                System.out.println(line);
            }
        }
    }
}
