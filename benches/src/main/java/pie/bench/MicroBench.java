package pie.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cpu.ChosenKernels;
import pie.cpu.kernel.InstructionSet;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;

/** Measure each kernel of the CPU driver beside what the machine does at most. */
@Command(
        name = "micro",
        description = {
            "Measure the kernels that the CPU driver chooses for a model, each alone: matmuls and attention.%n",
            "Bytes/s stand beside those of reading an array that no cache holds, and flop/s beside those of a loop in",
            "registers with the same instructions; both are measured in each round, on the same threads. Bytes are",
            "weights, or keys and values. More than 100 %% of memory means that a cache holds them.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie bench micro",
            "  pie bench micro --rows 1,8 --streams 1 --json micro.json",
            "  pie bench micro --driver-option kernels=vector --threads 1"
        },
        sortOptions = false)
final class MicroBench implements Callable<Integer> {
    @Option(names = "--rows", split = ",", description = "Rows of the matmuls. Default: 1,8,32,512.")
    private List<Integer> rows = List.of(1, 8, 32, 512);

    @Option(names = "--streams", split = ",", description = "Contexts that attention decodes. Default: 1,8,32.")
    private List<Integer> streams = List.of(1, 8, 32);

    @Option(names = "--context", description = "Tokens of each of them. Default: ${DEFAULT-VALUE}.")
    private int context = 512;

    @Option(names = "--prefill", description = "Tokens of a prompt that attention reads. Default: ${DEFAULT-VALUE}.")
    private int prefill = 512;

    @Option(
            names = "--driver-option",
            paramLabel = "NAME=VALUE",
            description = "Of the driver, such as kernels=vector or activations=int8; may be given again.")
    private Map<String, String> driverOptions = new LinkedHashMap<>();

    @Option(names = "--millis", description = "Least time of a kernel in a round. Default: ${DEFAULT-VALUE}.")
    private int millis = 100;

    @Option(
            names = "--array-mib",
            description = "Size of the array, in MiB. Default: twice the largest cache, 256 or more.")
    private int arrayMib;

    @Mixin
    private EngineOptions options = new EngineOptions(5);

    /** What the machine did at most, of all rounds. */
    private double memory;

    private double floats;
    private double integers;

    private Optional<InstructionSet> set = Optional.empty();

    @Override
    public Integer call() throws IOException {
        var report = options.report();
        int most = Math.max(Collections.max(rows), Math.max(Collections.max(streams), prefill));
        int pages =
                Math.max(Collections.max(streams) * AttentionCases.pagesFor(context), AttentionCases.pagesFor(prefill));
        Map<String, String> chosen = new LinkedHashMap<>(driverOptions);
        chosen.put("threads", Integer.toString(options.threads()));
        options.begin();
        report.put("driver_options", driverOptions);
        try (ModelFiles model = Models.open(options.file());
                Arena arena = Arena.ofShared();
                ChosenKernels kernels = ChosenKernels.open(model, chosen, most, pages, AttentionCases.PAGE)) {
            List<KernelCase> cases = new ArrayList<>(new MatmulCases(kernels, arena).of(rows));
            var attention = new AttentionCases(kernels, arena, pages);
            streams.forEach(n -> cases.add(attention.decode(n, context)));
            cases.add(attention.prefill(prefill));
            report.put("results", tell(cases, measure(kernels, arena, cases)));
        }
        report.write();
        return 0;
    }

    /** Return the seconds of each case in each round. */
    private List<List<Double>> measure(ChosenKernels kernels, Arena arena, List<KernelCase> cases) throws IOException {
        long array = arrayMib > 0 ? (long) arrayMib << 20 : MachineLimits.arrayBytes();
        var limits = new MachineLimits(kernels.team(), arena, array);
        String matmul = cases.getFirst().kernels();
        set = IntegerProducts.set(matmul);
        Optional<IntegerProducts> products =
                set.map(s -> new IntegerProducts(kernels.team(), arena, s, matmul.endsWith("Q8") ? 8 : 4));
        List<List<Double>> seconds = new ArrayList<>();
        cases.forEach(c -> seconds.add(new ArrayList<>()));
        for (int round = -1; round < options.rounds(); round++) { // round -1 warms up and is not kept
            memory = Math.max(memory, limits.memory());
            floats = Math.max(floats, limits.floats());
            integers = Math.max(integers, products.map(IntegerProducts::rate).orElse(0.0));
            for (int i = 0; i < cases.size(); i++) {
                double mean = Timing.mean(cases.get(i).run(), millis * (round < 0 ? 3 : 1) / 1e3);
                if (round >= 0) {
                    seconds.get(i).add(mean);
                }
            }
        }
        tell(array);
        return seconds;
    }

    private void tell(long array) throws IOException {
        long cache = MachineLimits.largestCache();
        var report = options.report();
        report.line(
                "memory %.1f GB/s, read from %d MiB (largest cache: %s)",
                memory / 1e9, array >> 20, cache > 0 ? (cache >> 20) + " MiB" : "unknown");
        report.line("multiply-adds of f32: %.1f GFLOP/s", floats / 1e9);
        Map<String, @Nullable Object> limits = new LinkedHashMap<>();
        limits.put("memory_bytes_per_s", memory);
        limits.put("array_bytes", array);
        limits.put("largest_cache_bytes", cache);
        limits.put("f32_flop_per_s", floats);
        set.ifPresent(s -> {
            report.line("products of integers, %s: %.1f Gop/s", s.label(), integers / 1e9);
            limits.put("integer_op_per_s", integers);
        });
        report.put("limits", limits);
    }

    private List<Object> tell(List<KernelCase> cases, List<List<Double>> seconds) {
        var report = options.report();
        List<Object> results = new ArrayList<>();
        report.line(
                "%n%-28s %5s %26s %8s %7s %10s %7s  %s",
                "kernel", "rows", "us a layer", "GB/s", "of it", "GFLOP/s", "of it", "computed by");
        for (int i = 0; i < cases.size(); i++) {
            KernelCase c = cases.get(i);
            Spread time = Spread.of(seconds.get(i));
            Spread micros = Spread.of(
                    seconds.get(i).stream().map(s -> s * 1e6 / c.calls()).toList());
            double bytes = c.bytes() / time.median();
            double flop = c.flop() / time.median();
            double peak = peak(c.kernels());
            report.line(
                    "%-28s %5d %26s %8.2f %7s %10.1f %7s  %s",
                    c.name(),
                    c.rows(),
                    micros,
                    bytes / 1e9,
                    percent(bytes / memory),
                    flop / 1e9,
                    percent(flop / peak),
                    c.kernels());
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("kernel", c.name());
            json.put("rows", c.rows());
            json.put("computed_by", c.kernels());
            json.put("us_a_layer", micros.json());
            json.put("bytes_per_s", bytes);
            json.put("share_of_memory", bytes / memory);
            json.put("flop_per_s", flop);
            json.put("share_of_flop", Double.isNaN(peak) ? null : flop / peak);
            results.add(json);
        }
        return results;
    }

    /** Return the most flop/s with the instructions of a kernel, NaN where no loop here has them. */
    private double peak(String kernels) {
        if (kernels.startsWith("oneDNN") && kernels.contains("BF16")) {
            return Double.NaN;
        }
        Optional<InstructionSet> used = IntegerProducts.set(kernels);
        if (used.isEmpty()) {
            return floats;
        }
        boolean shorts = used.get() == InstructionSet.AVX2 && kernels.endsWith("Q8");
        return kernels.contains("INT16") && !shorts ? integers / 2 : integers; // activations in two bytes: two products
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
