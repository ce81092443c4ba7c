package pie.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cli.EventPrinter;
import pie.cli.Interrupts;
import pie.cli.Terminal;
import pie.cli.client.EventFeed;
import pie.cli.client.PieClient;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.runtime.LaunchRequest;
import pie.server.Instance;

/** Run one program to its end, on an engine of its own or on a server. */
@Command(
        name = "run",
        description = {
            "Run a program and print what it says.%n",
            "Its stdout and stderr arrive here as they are written, its messages on stdout, and last the value that it returns. With -q only the value is printed.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie run examples/python/hello.py",
            "  pie run hello.js -- --prompt \"Why is the sky blue?\" --max-tokens 60",
            "  pie run agent.ts --input @task.json --wall 2m",
            "  pie run examples/mixed -- --n 5",
            "  echo 'print(\"hi\")' | pie run - --lang python",
            "  pie run -q extract.py | jq .name",
            "  pie run --record life.pierec agent.py && pie replay life.pierec"
        })
public final class RunCommand extends PieCommand {
    @Mixin
    private LaunchOptions launch = new LaunchOptions();

    @Mixin
    private AllowOptions allow = new AllowOptions();

    @Mixin
    private GuestOptions guests = new GuestOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = {"--return-only"},
            description = "Print the returned value alone, as -q does.")
    private boolean returnOnly;

    @Option(names = "--stdout", description = "Relay the program's streams and messages, even with -q.")
    private boolean streams;

    @Option(names = "--events", description = "Print each event as one line of JSON.")
    private boolean events;

    @Option(names = "--record", paramLabel = "OUT", description = "Record the run into this file, for pie replay OUT.")
    private @Nullable Path record;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Run it on this server. Default: on an engine of its own.")
    private @Nullable String url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "Token for that server. Default: PIE_TOKEN.")
    private @Nullable String token;

    @Override
    public Integer call() throws InterruptedException {
        var printer = new EventPrinter(mode(), out(), err(), Terminal.CURRENT.out());
        if (url == null) {
            return embedded(printer);
        }
        if (record != null) {
            throw PieException.invalid("--record goes with an engine of its own; on a server: pie launch --record");
        }
        return remote(printer, url);
    }

    private EventPrinter.Mode mode() {
        if (events) {
            return EventPrinter.Mode.EVENTS;
        }
        return (quiet || returnOnly) && !streams ? EventPrinter.Mode.VALUE : EventPrinter.Mode.RELAY;
    }

    private int embedded(EventPrinter printer) throws InterruptedException {
        setLogs();
        LaunchRequest unrecorded = launch.request(allow.permissions());
        LaunchRequest request = folder().map(unrecorded::recordedIn).orElse(unrecorded);
        var running = new AtomicReference<@Nullable InferletProcess>();
        var interrupted = new AtomicBoolean();
        Interrupts.handle(code -> {
            interrupted.set(true);
            InferletProcess process = running.get();
            if (process == null) {
                Runtime.getRuntime().halt(code);
            } else {
                process.interrupt("owner");
            }
        });
        try (Instance instance =
                engine.open(request.source().language(), guests.runtime(allow.policy(), null), err(), quiet)) {
            printer.follow(instance.runtime(), request, running::set);
            keep(Objects.requireNonNull(running.get()));
        }
        return interrupted.get() ? Interrupts.SIGINT : printer.exitCode();
    }

    /** Return where to record: beside the file that the recording becomes at the end, so that it is never half of one. */
    private Optional<Path> folder() {
        return Optional.ofNullable(record).map(file -> {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
                throw PieException.invalid("--record names a file in a folder that exists, not " + file);
            }
            return folder;
        });
    }

    private void keep(InferletProcess process) {
        Path made = process.recording().orElse(null);
        if (record == null || made == null) {
            return;
        }
        process.outcome().join();
        try {
            Files.move(made, record, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "the recording stays in " + made + ": it cannot become " + record + ": " + e,
                    Map.of(),
                    e);
        }
        if (!quiet) {
            err().println("recorded into " + record);
        }
    }

    private int remote(EventPrinter printer, String url) throws InterruptedException {
        PieClient client = ServerOptions.client(url, token);
        var id = new CompletableFuture<String>();
        var interrupted = new AtomicBoolean();
        Interrupts.handle(code -> {
            String started = id.getNow("");
            if (started.isEmpty()) {
                Runtime.getRuntime().halt(code);
            }
            interrupted.set(true);
            Thread.ofVirtual().start(() -> interrupt(client, started));
        });
        EventFeed.launch(client, launch.body(false, allow.asks()), id::complete, printer);
        return interrupted.get() ? Interrupts.SIGINT : printer.exitCode();
    }

    private static void interrupt(PieClient client, String id) {
        try {
            client.delete("/v1/processes/" + id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
