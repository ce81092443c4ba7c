package pie.server.ws;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.event.EventLog;
import pie.engine.event.EventLog.Next;
import pie.engine.event.ProcessEvent;
import pie.engine.event.Texts;
import pie.engine.process.InferletProcess;

/** Send the events of one process to one client, in order, the terminal one last. A client that reads slowly makes the program wait. */
final class EventPump implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);
    /** Clients take frames of at most a MiB. */
    private static final int VALUE_MAX = 1_000_000;

    private static final int ERROR_MAX = 64 << 10;
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Channel channel;
    private final InferletProcess process;
    private final EventLog.Watcher watcher;
    private final String id;

    EventPump(Channel channel, InferletProcess process, EventLog.Watcher watcher) {
        this.channel = channel;
        this.process = process;
        this.watcher = watcher;
        this.id = process.id().toString();
    }

    @Override
    public void run() {
        try (watcher) {
            while (true) {
                switch (watcher.next(PATIENCE)) {
                    case Next.Event e -> send(e.event());
                    case Next.Gap gap ->
                        channel.event(id, "stderr", gap.dropped() + " events of this process are no longer held\n");
                    case Next.Silence s -> {}
                    case Next.End end -> {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("events of process {} could not be sent", id, e);
            channel.event(id, "error", "INTERNAL: the server could not send what the process said");
        }
    }

    void stop() {
        watcher.close();
    }

    private void send(ProcessEvent event) {
        switch (event) {
            case ProcessEvent.Stdout s -> channel.event(id, "stdout", s.text());
            case ProcessEvent.Stderr s -> channel.event(id, "stderr", s.text());
            case ProcessEvent.Message m -> text("message", m.text());
            case ProcessEvent.File f -> Chunks.send(channel, id, process.fileContent(f.hash()), f.hash(), f.name());
            case ProcessEvent.Returned r -> text("return", r.value());
            case ProcessEvent.Failed f -> channel.event(id, "error", cut(reason(f)));
        }
    }

    private void text(String event, String value) {
        if (!Texts.exceeds(value, VALUE_MAX)) {
            channel.event(id, event, value);
            return;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        String name = event + ".json";
        String hash = Chunks.send(channel, id, bytes, name);
        channel.event(
                id,
                event,
                String.format(
                        Locale.ROOT, "{\"$pie_file\":\"%s\",\"name\":\"%s\",\"bytes\":%d}", hash, name, bytes.length));
    }

    /** Return the program's own words for what it raised, {@code Signal} for what was terminated, else the code before the message. */
    static String reason(ProcessEvent.Failed failed) {
        Object by = failed.details().get("by");
        if (failed.code() == ErrorCode.CANCELLED && !"shutdown".equals(by)) {
            return "Signal";
        }
        boolean own = failed.code() == ErrorCode.GUEST_ERROR
                || "guest".equals(failed.details().get("origin"));
        return own ? failed.message() : failed.code() + ": " + failed.message();
    }

    // a char is at most three bytes of UTF-8
    private static String cut(String text) {
        return text.length() > ERROR_MAX / 3 ? text.substring(0, ERROR_MAX / 3) : text;
    }
}
