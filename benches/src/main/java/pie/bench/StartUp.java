package pie.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measure {@code ./pie run} on the hello programs: from the call to the first byte of output and to the end. */
@Command(
        name = "start",
        description = "Measure ./pie run: to the first output, to the exit, processor time, memory.%n",
        sortOptions = false)
final class StartUp implements Callable<Integer> {
    private static final Path ROOT = Path.of(System.getProperty("pie.root", "."));

    @Option(names = "--programs", split = ",", description = "Default: the hello examples of three languages.")
    private List<Path> programs = List.of(
            ROOT.resolve("examples/js/hello.js"),
            ROOT.resolve("examples/python/hello.py"),
            ROOT.resolve("examples/java/Hello.java"));

    @Option(names = "--rounds", description = "Runs of each program, in turn. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Mixin
    private Report report = new Report();

    /** One run; {@code processorSeconds} and {@code megabytes} are the last that were seen of the live process, NaN if it was gone too soon. */
    record Run(double firstSeconds, double endSeconds, double processorSeconds, double megabytes, int exit) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        List<List<Run>> runs =
                programs.stream().<List<Run>>map(p -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int p = 0; p < programs.size(); p++) {
                runs.get(p)
                        .add(run(List.of(
                                ROOT.resolve("pie").toString(),
                                "run",
                                programs.get(p).toString())));
            }
        }
        List<Object> results = new ArrayList<>();
        for (int p = 0; p < programs.size(); p++) {
            results.add(summary(programs.get(p), runs.get(p)));
        }
        report.put("results", results);
        report.write();
        return runs.stream().flatMap(List::stream).allMatch(r -> r.exit() == 0) ? 0 : 1;
    }

    private Map<String, Object> summary(Path program, List<Run> runs) {
        long failed = runs.stream().filter(r -> r.exit() != 0).count();
        Spread first = spread(runs, Run::firstSeconds);
        Spread end = spread(runs, Run::endSeconds);
        Spread processor = spread(runs, Run::processorSeconds);
        Spread memory = spread(runs, Run::megabytes);
        report.line("%n%s, %d runs, %d failed", program.getFileName(), runs.size(), failed);
        report.line("  first output  %s s", shown(first));
        report.line("  exit          %s s", shown(end));
        report.line("  processor     %s s", shown(processor));
        report.line("  memory, most  %s MB", shown(memory));
        var json = new LinkedHashMap<String, Object>();
        json.put("program", program.toString());
        json.put("first_output_seconds", first.json());
        json.put("exit_seconds", end.json());
        json.put("processor_seconds", processor.json());
        json.put("rss_max_mb", memory.json());
        json.put("failed", failed);
        return json;
    }

    private static String shown(Spread s) {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", s.median(), s.min(), s.max());
    }

    private static Spread spread(List<Run> runs, ToDoubleFunction<Run> figure) {
        return Spread.of(runs.stream().mapToDouble(figure).toArray());
    }

    /** Run a command that prints to stdout, reading nothing before its first byte. */
    static Run run(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        var usage = new Usage(process);
        Thread watch = Thread.ofPlatform().daemon().start(usage);
        try (InputStream out = process.getInputStream()) {
            int first = out.read();
            double firstSeconds = first < 0 ? Double.NaN : seconds(start);
            out.readAllBytes();
            int exit = process.waitFor();
            double end = seconds(start);
            watch.join();
            return new Run(firstSeconds, end, usage.processorSeconds, usage.megabytes, exit);
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Look at the process every few milliseconds; the launcher becomes the JVM, so one process is all. */
    private static final class Usage implements Runnable {
        private static final long PERIOD_MILLIS = 20;

        private final Process process;
        private volatile double processorSeconds = Double.NaN;
        private volatile double megabytes = Double.NaN;

        Usage(Process process) {
            this.process = process;
        }

        @Override
        public void run() {
            while (process.isAlive()) {
                process.info().totalCpuDuration().ifPresent(d -> processorSeconds = d.toNanos() / 1e9);
                try {
                    megabytes = ProcessUse.mostResidentBytes(process.pid()) / 1048576.0;
                    Thread.sleep(PERIOD_MILLIS);
                } catch (IOException gone) {
                    return; // ended between two looks, or no /proc here: the figure stays as it was
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
