package pie.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.EventPrinter;
import pie.cli.Terminal;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.runtime.Guests;
import pie.runtime.Replay;
import pie.runtime.RuntimeConfig;
import pie.runtime.replay.Frame;
import pie.runtime.replay.Recording;

/** Run a recorded process again. */
@Command(
        name = "replay",
        description = {
            "Run a recorded process again, from what its host calls answered then.%n",
            "No engine and no model take part: tokens, messages, times and random numbers come from the recording, and the program says again what it said, byte for byte. A program that strays from its recording is told where.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie run --record life.pierec agent.py; pie replay life.pierec",
            "  id=$(pie launch --record agent.py); pie replay $id",
            "  pie replay life.pierec --until 12",
            "  pie replay life.pierec --calls"
        })
public final class ReplayCommand extends PieCommand {

    @Parameters(paramLabel = "FILE_OR_ID", description = "Recording, or process that was launched with --record.")
    private String what = "";

    @Option(
            names = "--until",
            paramLabel = "EVENT",
            description = "Stop once the process had logged this event; pie logs --events shows their ids.")
    private @Nullable Long until;

    @Option(names = "--calls", description = "Print each host call and its time on stderr.")
    private boolean calls;

    @Option(names = "--events", description = "Print each event as one line of JSON.")
    private boolean events;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (until != null && until < 1) {
            throw PieException.invalid("--until is the id of an event, from 1, not " + until);
        }
        setLogs();
        Recording recording = recording();
        RuntimeConfig config =
                RuntimeConfig.DEFAULT.onceFor(recording.header().source().language());
        var log = new EventLog(EventLog.Limits.DEFAULT);
        var printer = new EventPrinter(
                events ? EventPrinter.Mode.EVENTS : quiet ? EventPrinter.Mode.VALUE : EventPrinter.Mode.RELAY,
                out(),
                err(),
                Terminal.CURRENT.out());
        Thread relay = Thread.ofVirtual().start(() -> relay(log, printer));
        Replay.End end;
        try (Guests guests = Guests.prepare(config)) {
            end = Replay.run(guests, recording, until == null ? 0 : until, watcher(), log);
        } catch (PieException e) {
            log.failed(e.code(), e.message(), e.details());
            relay.join();
            return e.code().exitCode();
        }
        return ended(end, log, printer, relay);
    }

    private int ended(Replay.End end, EventLog log, EventPrinter printer, Thread relay) throws InterruptedException {
        switch (end) {
            case Replay.End.Returned r -> log.returned(r.value());
            case Replay.End.Failed f ->
                log.failed(
                        f.failure().code(), f.failure().message(), f.failure().details());
            case Replay.End.Interrupted i -> log.failed(ErrorCode.CANCELLED, i.why(), Map.of());
            case Replay.End.Reached r -> log.failed(ErrorCode.CANCELLED, "event " + until + " is reached", Map.of());
        }
        relay.join();
        return end instanceof Replay.End.Reached ? 0 : printer.exitCode();
    }

    private Consumer<Frame> watcher() {
        return frame -> {
            if (calls) {
                err().println(String.format(
                        Locale.ROOT, "%12.6f s  event %-4d %s", frame.nanos() / 1e9, frame.event(), frame.call()));
            }
        };
    }

    private Recording recording() throws InterruptedException {
        if (Files.exists(Path.of(what)) || what.contains("/") || what.endsWith(".pierec")) {
            return Recording.read(Path.of(what));
        }
        Path fetched = null;
        try {
            fetched = Files.createTempFile("pie-", ".pierec");
            server.client().download("/v1/processes/" + what + "/recording", fetched);
            return Recording.read(fetched);
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "no room for the recording: " + e, Map.of(), e);
        } finally {
            delete(fetched);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static void relay(EventLog log, EventPrinter printer) {
        try {
            printer.follow(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
