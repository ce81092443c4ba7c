package pie.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cli.EventPrinter;
import pie.cli.Interrupts;
import pie.cli.Json;
import pie.cli.Spans;
import pie.cli.Terminal;
import pie.cli.client.PieClient;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.runtime.LaunchRequest;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.profile.Profile;
import pie.server.profile.ProfileFormat;
import tools.jackson.databind.JsonNode;

/** Say where the time of a program goes: of one that it runs, or of a process of a running server. */
@Command(
        name = "profile",
        description = {
            "Run a program, or watch a running process, and say where its time goes.%n",
            "FILE is run on an engine of its own, as pie run does. An ID is a process of a running server: it is recorded from now on until it ends, or for as long as --for says; one that was launched with --profile has been recorded from its beginning.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie profile examples/python/hello.py",
            "  pie profile agent.py --out agent.html --out agent.json -- --rounds 3",
            "  pie profile 3f2a --for 30s",
            "  pie profile --json agent.js | jq .lanes"
        })
public final class ProfileCommand extends PieCommand {
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F][0-9a-fA-F-]{3,35}");
    private static final Duration POLL = Duration.ofMillis(300);
    private static final int MOST_ROWS = 8;

    @Mixin
    private LaunchOptions launch = new LaunchOptions();

    @Mixin
    private AllowOptions allow = new AllowOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = {"-o", "--out"},
            paramLabel = "OUT",
            description =
                    "Where the picture goes; may be given several times. .html: a page; .svg: a picture; .json: a trace for Perfetto. Default: profile.html and trace.json.")
    private List<Path> outs = new ArrayList<>();

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Option(
            names = "--for",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "How long a running process is recorded at most. Default: 10s.")
    private @Nullable Duration span;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Server of the process. Default: PIE_URL, else the local one.")
    private @Nullable String url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "Token for that server. Default: PIE_TOKEN.")
    private @Nullable String token;

    @Override
    public Integer call() throws InterruptedException {
        String named = launch.file();
        if (outs.isEmpty()) {
            outs.addAll(List.of(Path.of("profile.html"), Path.of("trace.json")));
        }
        outs.forEach(ProfileCommand::format);
        if (!named.equals("-") && !Files.exists(Path.of(named))) {
            if (!ID.matcher(named).matches()) {
                throw new PieException(
                        ErrorCode.NOT_FOUND,
                        "there is no file " + named + ", and it is not the id of a process: give a .py .js .mjs .ts"
                                + " or .java file, or at least 4 characters of an id that pie ps shows");
            }
            return remote(named);
        }
        return embedded();
    }

    /** Return what the name of a file asks for. */
    private static ProfileFormat format(Path out) {
        return ProfileFormat.ofFile(out.toString().toLowerCase(Locale.ROOT))
                .orElseThrow(() -> PieException.invalid("--out " + out + " must end with .html, .svg or .json"));
    }

    private int embedded() throws InterruptedException {
        setLogs();
        LaunchRequest request = launch.request(allow.permissions()).profiling();
        // with --json stdout is for the summary alone
        var printer = new EventPrinter(EventPrinter.Mode.RELAY, json ? err() : out(), err(), Terminal.CURRENT.out());
        try (Instance instance = engine.open(
                request.source().language(), RuntimeConfig.DEFAULT.withPolicy(allow.policy()), err(), quiet)) {
            var running = new AtomicReference<@Nullable InferletProcess>();
            printer.follow(instance.runtime(), request, launched -> {
                running.set(launched);
                Interrupts.handle(code -> launched.interrupt("owner"));
            });
            InferletProcess process = Objects.requireNonNull(running.get());
            process.outcome().join();
            Profile profile = Profile.of(process);
            for (Path out : outs) {
                write(out, profile.as(format(out)));
            }
            tell(Json.MAPPER.valueToTree(profile.summary()));
        }
        return printer.exitCode();
    }

    private static void write(Path out, byte[] bytes) {
        try {
            Files.write(out, bytes);
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "--out " + out + " cannot be written: " + e, Map.of(), e);
        }
    }

    private int remote(String id) throws InterruptedException {
        PieClient client = ServerOptions.client(url, token);
        JsonNode process = client.get("/v1/processes/" + id);
        String path = "/v1/processes/" + process.path("id").asString();
        String timeline = path + "/timeline";
        if (process.path("ended").isNull()) {
            record(client, path, timeline);
        }
        JsonNode summary = client.get(timeline + "?format=summary");
        for (Path out : outs) {
            client.download(timeline + "?format=" + format(out).word(), out);
        }
        tell(summary);
        return 0;
    }

    private void record(PieClient client, String path, String timeline) throws InterruptedException {
        client.post(timeline, Map.of());
        var enough = new AtomicBoolean();
        Interrupts.handle(code -> enough.set(true));
        long until = System.nanoTime() + (span == null ? Duration.ofSeconds(10) : span).toNanos();
        if (!quiet) {
            err().println("recording; Ctrl-C: that is enough");
            err().flush();
        }
        while (!enough.get() && System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            if (!client.get(path).path("ended").isNull()) {
                return;
            }
        }
    }

    private void tell(JsonNode summary) {
        if (json) {
            out().println(Json.pretty(summary));
        } else {
            print(summary);
        }
        out().flush();
        if (!quiet) {
            err().println("written: "
                    + String.join(", ", outs.stream().map(Path::toString).toList()));
            err().flush();
        }
    }

    private void print(JsonNode s) {
        double wall = s.path("wall_ms").asDouble();
        out().println();
        out().println(style().bold(s.path("program").asString("") + ": " + millis(wall)));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("WHERE", "", "TIME", "SHARE"));
        for (Map.Entry<String, JsonNode> lane : s.path("lanes").properties()) {
            double ms = lane.getValue().path("ms").asDouble();
            if (ms > 0) {
                rows.add(List.of(lane.getKey().replace('_', ' '), "", millis(ms), percent(ms, wall)));
                JsonNode by = lane.getValue().path("by");
                by.properties()
                        .forEach(e -> rows.add(List.of(
                                "",
                                e.getKey(),
                                millis(e.getValue().asDouble()),
                                percent(e.getValue().asDouble(), wall))));
            }
        }
        spaced(rows, 2);
        if (!quiet) {
            asked(s.path("operations"));
            lines(s.path("lines"));
            steps(s.path("steps"));
        }
        for (JsonNode advice : s.path("advice")) {
            String at = advice.path("at").asString("");
            out().println();
            out().println(style().yellow(advice.path("pattern").asString("") + (at.isEmpty() ? "" : " in " + at)
                    + ": it " + advice.path("what").asString("")));
            out().println("  instead: " + advice.path("instead").asString(""));
        }
    }

    private void asked(JsonNode operations) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("WAITED FOR", "LINE", "COUNT", "TIME"));
        operations
                .valueStream()
                .limit(MOST_ROWS)
                .forEach(o -> rows.add(List.of(
                        o.path("name").asString(""),
                        o.path("at").asString(""),
                        o.path("count").asString("0"),
                        millis(o.path("ms").asDouble()))));
        spaced(rows, 2);
    }

    private void lines(JsonNode lines) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("OWN CODE", "FUNCTION", "TIME"));
        lines.valueStream()
                .limit(MOST_ROWS)
                .forEach(o -> rows.add(List.of(
                        o.path("at").asString(""),
                        o.path("function").asString(""),
                        millis(o.path("ms").asDouble()))));
        spaced(rows, 2);
    }

    private void steps(JsonNode steps) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STEPS", "COUNT", "TIME", "TOKENS", "OF BATCH"));
        steps.valueStream()
                .sorted(Comparator.comparingDouble((JsonNode e) -> e.path("ms").asDouble())
                        .reversed())
                .forEach(o -> rows.add(List.of(
                        o.path("kind").asString(""),
                        o.path("count").asString("0"),
                        millis(o.path("ms").asDouble()),
                        o.path("tokens").asString("0"),
                        percent(
                                o.path("tokens").asDouble(),
                                Math.max(1, o.path("batch_tokens").asDouble())))));
        spaced(rows, 1);
    }

    private void spaced(List<List<String>> rows, int firstNumber) {
        if (rows.size() > 1) {
            out().println();
            table(rows, firstNumber);
        }
    }

    private static String percent(double part, double all) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * part / all);
    }

    private static String millis(double ms) {
        return ms < 1000 ? String.format(Locale.ROOT, "%.1f ms", ms) : String.format(Locale.ROOT, "%.2f s", ms / 1000);
    }
}
