package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Keep a server busy for long, and see whether its memory and its speed stay what they are. */
@Command(
        name = "soak",
        description = {
            "Keep a fresh server busy, and print each minute what memory it has and what it makes of its time.%n",
            "At the end it says whether these are flat: the medians of the first and of the last third, without the",
            "time in which caches fill. The exit code is 1 where one has become worse or a request has failed.%n"
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  pie bench soak --streams 32 --minutes 60 --json-out soak.json",
            "  pie bench soak --languages python,javascript,java --streams 12 --minutes 30",
            "  pie bench soak --minutes 2 --every 10"
        })
final class SoakRun implements Callable<Integer> {
    @Option(names = "--streams", description = "Requests in flight. Default: ${DEFAULT-VALUE}.")
    private int streams = 32;

    @Option(names = "--minutes", description = "Default: ${DEFAULT-VALUE}.")
    private int minutes = 60;

    @Option(
            names = "--settle",
            paramLabel = "MINUTES",
            description = "At the beginning, which are printed and not judged. Default: a quarter.")
    private @Nullable Integer settle;

    @Option(names = "--every", paramLabel = "SECONDS", description = "How often to look. Default: ${DEFAULT-VALUE}.")
    private int every = 60;

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            description = "Change that still counts as flat. Default: ${DEFAULT-VALUE}.")
    private double tolerance = 5;

    @Option(
            names = "--languages",
            split = ",",
            description = "Launch a program a request, of these languages in turn. Default: /v1/completions is asked.")
    private List<String> languages = List.of();

    @Option(names = "--prompt-tokens", description = "Default: ${DEFAULT-VALUE}.")
    private int promptTokens = 128;

    @Option(names = "--max-tokens", description = "Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 128;

    @Option(names = "--seed", description = "Of prompts. Default: ${DEFAULT-VALUE}.")
    private long seed = 42;

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    /** What was there at one moment, and what all before it had come to. */
    private record Look(long nanos, ProcessUse use, long tokens, long answered, long failed) {}

    /** What happened between two looks. */
    private record Span(Look from, Look to) {
        double seconds() {
            return (to.nanos - from.nanos) / 1e9;
        }

        double processorSeconds() {
            return to.use.processorTime().minus(from.use.processorTime()).toNanos() / 1e9;
        }

        double residentMebibytes() {
            return to.use.residentBytes() / (double) (1 << 20);
        }

        double tokensPerSecond() {
            return (to.tokens - from.tokens) / seconds();
        }

        double tokensPerProcessorSecond() {
            return (to.tokens - from.tokens) / processorSeconds();
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int looks = looks(minutes);
        int settled = settle == null ? looks / 4 : looks(settle);
        if (streams < 1 || looks - settled < Drift.LEAST) {
            throw new IOException("--streams is 1 or more, and " + Drift.LEAST
                    + " looks after --settle can be judged, not " + (looks - settled)
                    + ": give more --minutes, or fewer seconds to --every");
        }
        report.environment(Environment.json());
        report.put("config", config());
        List<Span> spans = new ArrayList<>();
        EndlessLoad load;
        try (PieOptions.Server server = pie.open()) {
            long pid = server.process()
                    .orElseThrow(() ->
                            new IOException("soak reads memory and time of the server that it starts: leave --url out"))
                    .pid();
            load = new EndlessLoad(askers(server), promptTokens, maxTokens, seed);
            try (load) {
                watch(server, pid, load, looks, spans);
            }
        }
        return judge(spans, settled, load);
    }

    private int looks(int minutes) {
        return (int) (60L * minutes / Math.max(1, every));
    }

    private List<Asker> askers(PieOptions.Server server) {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            askers.add(
                    languages.isEmpty()
                            ? new CompletionsAsker("pie", server.url(), server.token(), "", Map.of())
                            : new ProgramAsker(new PieTarget(
                                    server.url(), server.token(), languages.get(i % languages.size()), "generate")));
        }
        return askers;
    }

    private void watch(PieOptions.Server server, long pid, EndlessLoad load, int looks, List<Span> spans)
            throws IOException, InterruptedException {
        report.line(
                "%n%8s %14s %10s %14s %8s %10s %8s",
                "minute", "resident MiB", "tokens/s", "tokens/CPU s", "cores", "answers", "failed");
        Look last = look(server, pid, load);
        long begun = last.nanos;
        for (int i = 1; i <= looks; i++) {
            long due = begun + i * every * 1_000_000_000L;
            Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
            var span = new Span(last, look(server, pid, load));
            last = span.to;
            spans.add(span);
            report.line(
                    "%8.1f %14.0f %10.1f %14.1f %8.2f %10d %8d",
                    (span.to.nanos - begun) / 6e10,
                    span.residentMebibytes(),
                    span.tokensPerSecond(),
                    span.tokensPerProcessorSecond(),
                    span.processorSeconds() / span.seconds(),
                    span.to.answered - span.from.answered,
                    span.to.failed - span.from.failed);
        }
    }

    private static Look look(PieOptions.Server server, long pid, EndlessLoad load)
            throws IOException, InterruptedException {
        JsonNode tokens = server.stats().at("/models/0/totals/tokens_generated");
        if (!tokens.isNumber()) {
            throw new IOException("the server's statistics do not say how many tokens it has generated");
        }
        return new Look(System.nanoTime(), ProcessUse.of(pid), tokens.asLong(), load.answered(), load.failed());
    }

    private int judge(List<Span> spans, int settled, EndlessLoad load) throws IOException {
        List<Span> judged = spans.subList(settled, spans.size());
        var drifts = new LinkedHashMap<String, Drift>();
        drifts.put("resident_mib", drift(judged, Span::residentMebibytes, true));
        drifts.put("tokens_per_s", drift(judged, Span::tokensPerSecond, false));
        drifts.put("tokens_per_cpu_s", drift(judged, Span::tokensPerProcessorSecond, false));
        report.line("");
        var json = new LinkedHashMap<String, Object>();
        drifts.forEach((name, drift) -> {
            report.line(
                    "%-18s %-8s %.1f, then %.1f (%+.1f %%)",
                    name, drift.verdict(tolerance).label(), drift.before(), drift.after(), drift.percent());
            json.put(name, drift.json(tolerance));
        });
        if (load.failed() > 0) {
            report.line("%d requests failed, the first by: %s", load.failed(), load.error());
        }
        report.put("minutes", spans.stream().map(SoakRun::json).toList());
        report.put("drift", json);
        report.put("failed", load.failed());
        report.write();
        boolean worse = drifts.values().stream().anyMatch(d -> d.verdict(tolerance) == Drift.Verdict.WORSE);
        return worse || load.failed() > 0 ? 1 : 0;
    }

    private static Drift drift(List<Span> spans, ToDoubleFunction<Span> of, boolean moreIsWorse) {
        return Drift.of(spans.stream().mapToDouble(of).toArray(), moreIsWorse);
    }

    private static Map<String, Object> json(Span span) {
        var json = new LinkedHashMap<String, Object>();
        json.put("seconds", span.seconds());
        json.put("resident_mib", span.residentMebibytes());
        json.put("tokens_per_s", span.tokensPerSecond());
        json.put("tokens_per_cpu_s", span.tokensPerProcessorSecond());
        json.put("cpu_s", span.processorSeconds());
        json.put("answers", span.to.answered - span.from.answered);
        json.put("failed", span.to.failed - span.from.failed);
        return json;
    }

    private Map<String, Object> config() {
        var json = new LinkedHashMap<String, Object>();
        json.put("model", pie.modelName());
        json.put("streams", streams);
        json.put("minutes", minutes);
        json.put("every_s", every);
        json.put("tolerance_percent", tolerance);
        json.put("languages", languages);
        json.put("prompt_tokens", promptTokens);
        json.put("max_tokens", maxTokens);
        json.put("seed", seed);
        return json;
    }
}
