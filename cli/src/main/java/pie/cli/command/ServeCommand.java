package pie.cli.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cli.Interrupts;
import pie.cli.Json;
import pie.cli.Phases;
import pie.cli.PieHome;
import pie.cli.ProgramFile;
import pie.cli.Spans;
import pie.cli.Terminal;
import pie.cli.client.PieClient;
import pie.cli.monitor.Monitor;
import pie.cli.monitor.PlainFeed;
import pie.cli.tui.Screen;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.snapshot.SnapshotConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;

/** Serve until told to stop. */
@Command(
        name = "serve",
        description = {
            "Serve programs over HTTP.%n",
            "The first Ctrl-C or SIGTERM refuses new launches and lets the running ones end; the second stops at once.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie serve",
            "  pie serve --port 9000 --model ~/models/llama.gguf",
            "  pie serve --driver dummy --port 0",
            "  pie serve --monitor",
            "  pie serve --app web=examples/python/web_server.py --app shop=shop@^1.2",
            "  pie serve --host 0.0.0.0 --host-name pie.example --origin https://ui.example",
            "  pie serve --isolation process --guest-memory 512MiB",
            "  curl -N -H 'Accept: text/event-stream' http://127.0.0.1:8080/v1/processes \\",
            "       -d '{\"source\":{\"language\":\"python\",\"code\":\"async def main(input): return 42\"}}'"
        })
public final class ServeCommand extends PieCommand {
    private static final Duration WARM_LIMIT = Duration.ofSeconds(60);

    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\\s]+");
    private static final Pattern HOST_NAME = Pattern.compile("[^/:?#@\\s]+");

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to bind. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to bind, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8080;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Mixin
    private AllowOptions allow = new AllowOptions();

    @Mixin
    private GuestOptions guests = new GuestOptions();

    @Option(
            names = "--spare-guests",
            paramLabel = "N",
            description = "Guests kept ready for each language, so that a launch need not wait for one to start."
                    + " Default: 2, or with --isolation process 1.")
    private @Nullable Integer spares;

    @Mixin
    private SnapshotOptions snapshots = new SnapshotOptions();

    @Option(names = "--no-auth", description = "Ask for no token, not even beyond loopback.")
    private boolean noAuth;

    @Option(
            names = "--origin",
            paramLabel = "ORIGIN",
            description = "Web pages of this origin may ask too, such as https://ui.example. May be repeated.")
    private List<String> origins = new ArrayList<>();

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            description =
                    "Name by which requests may call this server, beside localhost, its address and --host. May be repeated.")
    private List<String> hostNames = new ArrayList<>();

    @Option(
            names = {"-m", "--monitor"},
            description = "Watch it on this terminal, as pie top does; q leaves and the server goes on.")
    private boolean monitor;

    @Option(
            names = "--app",
            paramLabel = "NAME=PROGRAM",
            description =
                    "File, folder or stored program that answers HTTP requests below /apps/NAME/ from the start on, and is"
                            + " started again when it fails. May be repeated.")
    private List<String> apps = new ArrayList<>();

    @Option(
            names = "--drain",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "Time that running programs get when the server stops. Default: 30s.")
    private Duration drain = Duration.ofSeconds(30);

    private final AtomicReference<@Nullable PieServer> started = new AtomicReference<>();
    private final AtomicReference<@Nullable Screen> screen = new AtomicReference<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65535) {
            throw PieException.invalid("--port is a number from 0 to 65535, not " + port);
        }
        origins.forEach(ServeCommand::checkOrigin);
        hostNames.forEach(ServeCommand::checkHostName);
        setLogs();
        Interrupts.handle(this::stop);
        var phases = new Phases(err(), Terminal.CURRENT.err(), quiet);
        try (PieServer server = start(phases)) {
            started.set(server);
            out().println(String.format(Locale.ROOT, "ready %s in %.1f s", server.uri(), phases.seconds()));
            out().flush();
            if (monitor) {
                watch(server);
            }
            stopped.await();
        }
        return 0;
    }

    private static void checkOrigin(String origin) {
        if (!ORIGIN.matcher(origin).matches()) {
            throw PieException.invalid(
                    "--origin is SCHEME://HOST or SCHEME://HOST:PORT with nothing after it, not '" + origin + "'");
        }
    }

    private static void checkHostName(String name) {
        if (!HOST_NAME.matcher(name).matches()) {
            throw PieException.invalid("--host-name is a name without scheme, port or path, not '" + name + "'");
        }
    }

    /** Show the server until the user leaves or it is to stop. */
    private void watch(PieServer server) throws InterruptedException {
        var client = new PieClient(server.uri(), PieHome.internalToken());
        if (!Screens.drawable()) {
            PlainFeed.run(client, out(), false, () -> stopped.getCount() == 0);
            return;
        }
        Screen taken = Screen.open();
        screen.set(taken);
        try {
            Monitor.run(taken, client, Screens.theme(color()), true, () -> stopped.getCount() == 0);
        } finally {
            screen.set(null);
        }
        if (stopped.getCount() > 0) {
            out().println("pie: the server goes on at " + server.uri() + "; Ctrl-C stops it, pie top watches it again");
            out().flush();
        }
    }

    private PieServer start(Phases phases) {
        Optional<SnapshotConfig> kept = snapshots.config();
        var http = new ServerConfig(
                        host,
                        port,
                        origins,
                        hostNames,
                        PieHome.path(),
                        noAuth ? "off" : "auto",
                        noAuth,
                        drain,
                        Duration.ofSeconds(10))
                .withOtlp(Telemetry.collector())
                .withApps(apps());
        try {
            return PieServer.start(http, () -> open(phases, kept));
        } catch (PieException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                throw new PieException(
                        ErrorCode.CONFLICT,
                        "port " + port + " of " + host + " is in use: stop what uses it, or choose another with --port"
                                + " (--port 0 takes any free one)",
                        e.details(),
                        e);
            }
            throw e;
        }
    }

    /** Return what is started with the server, as the route of apps takes it. */
    private Map<String, String> apps() {
        var bodies = new LinkedHashMap<String, String>();
        for (String app : apps) {
            int at = app.indexOf('=');
            if (at < 1 || at == app.length() - 1) {
                throw PieException.invalid("--app reads NAME=FILE or NAME=PROGRAM, not '" + app + "'");
            }
            String program = app.substring(at + 1);
            var body = new LinkedHashMap<String, Object>();
            if (LaunchOptions.stored(program, "")) {
                body.put("program", program);
            } else {
                body.put("source", LaunchOptions.sent(ProgramFile.read(program, "", System.in)));
                allow.asks().body().ifPresent(asked -> body.put("permissions", asked));
            }
            bodies.put(app.substring(0, at), Json.line(body));
        }
        return bodies;
    }

    /** Readiness is reported when a program would start at once, so the pools are filled before. */
    private Instance open(Phases phases, Optional<SnapshotConfig> kept) {
        InstanceConfig config = engine.instance(engine.choose(err()), guests.runtime(allow.policy(), spares), false)
                .withSnapshots(kept);
        Instance instance = Instance.open(config, phases);
        try {
            phases.accept("warming guests");
            instance.runtime().awaitWarm(config.runtime().languages(), WARM_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return instance;
    }

    private void stop(int code) {
        PieServer server = started.get();
        if (server == null) {
            Runtime.getRuntime().halt(code);
            return;
        }
        Screen taken = screen.get();
        if (taken != null) {
            taken.restore();
        }
        err().println("pie: stopping, programs have " + drain.toSeconds() + " s to end; once more stops at once");
        err().flush();
        stopped.countDown();
    }
}
