package pie.cpu;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pie.cpu.Harness.Context;
import pie.cpu.Harness.Slice;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/**
 * Measure prefill and decode of the default model; run by hand: {@code Bench [option=value ...]}, with {@code -Drounds=N} and
 * {@code -Dcases=pp512,b1,b8}.
 */
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
            Thread.sleep(Integer.getInteger("pause", 4000));
            String[] cases =
                    System.getProperty("cases", "pp128,pp512,b1,b8,b32").split(",");
            for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
                StringBuilder line = new StringBuilder();
                for (String name : cases) {
                    line.append(
                            name.startsWith("pp")
                                    ? prefill(h, Arrays.copyOf(prompt, Integer.parseInt(name.substring(2))))
                                    : decode(h, Integer.parseInt(name.substring(1)), prompt));
                }
                System.out.println(line);
            }
            rss();
        }
    }

    private static String prefill(Harness h, int[] prompt) {
        Context c = h.context();
        long t = System.nanoTime();
        long p = processorNanos();
        h.pass(List.of(Slice.drawn(c, prompt)));
        double seconds = (System.nanoTime() - t) / 1e9;
        double processor = (processorNanos() - p) / 1e6;
        h.release(c);
        return String.format("pp%d %.0f t/s (processor %.0f ms)  ", prompt.length, prompt.length / seconds, processor);
    }

    private static String decode(Harness h, int b, int[] prompt) {
        List<Context> contexts = new ArrayList<>();
        for (int i = 0; i < b; i++) {
            Context c = h.context();
            h.pass(List.of(Slice.drawn(c, Arrays.copyOf(prompt, 64))));
            contexts.add(c);
        }
        double[] times = new double[b == 1 ? 64 : 32];
        long p = processorNanos();
        for (int i = 0; i < times.length; i++) {
            long t = System.nanoTime();
            List<Slice> slices = new ArrayList<>();
            for (Context c : contexts) {
                slices.add(Slice.drawn(c, new int[] {1000 + i}));
            }
            h.pass(slices);
            times[i] = (System.nanoTime() - t) / 1e6;
        }
        double processor = (processorNanos() - p) / 1e6 / times.length;
        Arrays.sort(times);
        contexts.forEach(h::release);
        return String.format(
                "b%d %.1f t/s (best %.1f, processor %.2f ms a step)  ",
                b, b / times[times.length / 2] * 1e3, b / times[0] * 1e3, processor);
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void rss() throws Exception {
        for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS") || line.startsWith("RssAnon") || line.startsWith("RssFile")) {
                System.out.println(line);
            }
        }
    }
}
