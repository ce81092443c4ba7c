package pie.cli.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.ProgramFile;
import pie.cli.Spans;
import tools.jackson.databind.JsonNode;

/** Start a program that answers HTTP requests. */
@Command(
        name = "start",
        description = "Start a program whose handle(request) answers HTTP requests, or replace the one of that name.%n",
        footer = {
            "",
            "Examples:",
            "  pie app start web examples/python/web_server.py",
            "  pie app start shop shop@^1.2 --max-concurrency 64",
            "  pie app start fresh one_shot.js --per-request",
            "  pie app start site site.py --public --idle-timeout 10m"
        })
public final class AppStartCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "APP", description = "Name of the app: it answers below /apps/APP/.")
    private String app = "";

    @Parameters(
            index = "1",
            paramLabel = "FILE or NAME[@V]",
            description = "Program: .py .js .mjs .ts .java, a folder of such files, or the name of a stored one.")
    private String file = "";

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            description = "python, javascript, typescript or java; for odd names.")
    private String language = "";

    @Mixin
    private AskOptions asks = new AskOptions();

    @Option(
            names = "--per-request",
            description = "Give each request a process of its own. Default: one process answers all.")
    private boolean perRequest;

    @Option(
            names = "--max-concurrency",
            paramLabel = "N",
            description = "Requests that are answered at once. Default: 16.")
    private @Nullable Integer concurrency;

    @Option(names = "--public", description = "Answer without a token too, each address so many requests a minute.")
    private boolean open;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "Let its process go after so long with nothing to do; the next request starts another.")
    private @Nullable Duration idle;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        if (LaunchOptions.stored(file, language)) {
            body.put("program", file);
        } else {
            body.put("source", LaunchOptions.sent(ProgramFile.read(file, language, System.in)));
        }
        asks.body().ifPresent(asked -> body.put("permissions", asked));
        if (perRequest) {
            body.put("instances", "per_request");
        }
        if (concurrency != null) {
            body.put("max_concurrency", concurrency);
        }
        if (open) {
            body.put("public", true);
        }
        if (idle != null) {
            body.put("idle_timeout", idle.toMillis() / 1e3);
        }
        JsonNode started = client().put(AppPaths.one(app), body);
        if (json) {
            out().println(Json.pretty(started));
        } else if (!quiet) {
            out().println(client().url().resolve(started.path("url").asString()));
        }
        return 0;
    }
}
