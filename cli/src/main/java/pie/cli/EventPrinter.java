package pie.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.runtime.InferletRuntime;
import pie.runtime.LaunchRequest;
import pie.runtime.bridge.GuestFailure;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Print what a process says. In the mode {@code RELAY} its streams and messages arrive on ours as they are written and its return
 * value comes last on a line of its own; {@code VALUE} prints the return value alone, {@code EVENTS} one JSON line an event.
 */
public final class EventPrinter implements EventSink {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Say what is printed. */
    public enum Mode {
        RELAY,
        VALUE,
        EVENTS
    }

    private final Mode mode;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean pretty;
    private boolean midLine;
    private Optional<ProcessEvent> terminal = Optional.empty();

    /** @param pretty spread a returned JSON object or array over lines */
    public EventPrinter(Mode mode, PrintWriter out, PrintWriter err, boolean pretty) {
        this.mode = mode;
        this.out = out;
        this.err = err;
        this.pretty = pretty;
    }

    /** Return the event that ended the process, once it came. */
    public Optional<ProcessEvent> terminal() {
        return terminal;
    }

    /** Return the exit code of a command that waited for the end: 0, or that of the failure. */
    public int exitCode() {
        return terminal.map(e -> e instanceof ProcessEvent.Failed f
                        ? GuestFailure.ofEnd(f.code(), f.details()).exitCode()
                        : 0)
                .orElse(1);
    }

    @Override
    public void event(ProcessEvent event) {
        if (event.terminal()) {
            terminal = Optional.of(event);
        }
        if (mode == Mode.EVENTS) {
            out.println(Json.line(envelope(event)));
            out.flush();
            return;
        }
        switch (event) {
            case ProcessEvent.Stdout e -> relay(e.text());
            case ProcessEvent.Message e -> relay(e.text());
            case ProcessEvent.Stderr e -> {
                if (mode == Mode.RELAY) {
                    err.print(e.text());
                    err.flush();
                }
            }
            case ProcessEvent.File e -> {
                if (mode == Mode.RELAY) {
                    endLine();
                    err.println("pie: file " + (e.name().isEmpty() ? e.hash() : e.name()) + ", " + e.size() + " bytes");
                }
            }
            case ProcessEvent.Returned e -> value(e.value());
            case ProcessEvent.Failed e -> failure(e);
        }
    }

    @Override
    public void gap(long dropped) {
        if (mode == Mode.EVENTS) {
            out.println(Json.line(Map.of("type", "gap", "data", Map.of("dropped", dropped))));
        } else {
            endLine();
            err.println("pie: " + dropped + " events were dropped before they could be read");
        }
    }

    /** Print the events of a log from its beginning until it ends. */
    public void follow(EventLog log) throws InterruptedException {
        follow(log.watch(0, true));
    }

    /** Launch a program here and print its events until it ends; it waits for the printer from the first one on. */
    public void follow(InferletRuntime runtime, LaunchRequest request, Consumer<? super InferletProcess> started)
            throws InterruptedException {
        var events = new AtomicReference<EventLog.@Nullable Watcher>();
        InferletProcess process =
                runtime.launch(request, made -> events.set(made.log().watch(0, true)));
        started.accept(process);
        follow(Objects.requireNonNull(events.get()));
    }

    private void follow(EventLog.Watcher events) throws InterruptedException {
        try (EventLog.Watcher watcher = events) {
            while (true) {
                switch (watcher.next(POLL)) {
                    case EventLog.Next.Event e -> event(e.event());
                    case EventLog.Next.Gap g -> gap(g.dropped());
                    case EventLog.Next.Silence s -> {}
                    case EventLog.Next.End e -> {
                        return;
                    }
                }
            }
        }
    }

    private void relay(String text) {
        if (mode != Mode.RELAY || text.isEmpty()) {
            return;
        }
        out.print(text);
        out.flush();
        midLine = !text.endsWith("\n");
    }

    private void endLine() {
        if (midLine) {
            out.println();
            out.flush();
            midLine = false;
        }
    }

    private void value(String value) {
        endLine();
        if (value.isEmpty()) {
            return;
        }
        out.println(pretty ? spread(value) : value);
        out.flush();
    }

    private static String spread(String value) {
        char first = value.strip().isEmpty() ? ' ' : value.strip().charAt(0);
        if (first != '{' && first != '[') {
            return value;
        }
        try {
            JsonNode json = Json.parse(value);
            return json.isContainer() ? Json.pretty(json) : value;
        } catch (JacksonException e) {
            return value;
        }
    }

    /** The traceback is that of the guest program, in its own words; it is what its author needs. */
    private void failure(ProcessEvent.Failed e) {
        endLine();
        if (e.details().get("traceback") instanceof String trace && !trace.isBlank()) {
            err.println(trace.stripTrailing());
        }
        err.println("pie: " + place(e) + e.message());
        err.flush();
    }

    private static String place(ProcessEvent.Failed e) {
        Object file = e.details().get("file");
        Object line = e.details().get("line");
        return file == null || line == null || e.message().contains(file + ":") ? "" : file + ":" + line + ": ";
    }

    private static Map<String, Object> envelope(ProcessEvent event) {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", event.id());
        json.put("type", event.type());
        json.put("time", event.time().toString());
        json.put(
                "data",
                switch (event) {
                    case ProcessEvent.Stdout e -> e.text();
                    case ProcessEvent.Stderr e -> e.text();
                    case ProcessEvent.Message e -> e.text();
                    case ProcessEvent.File e ->
                        Map.of("name", e.name(), "hash", e.hash(), "size", e.size(), "media_type", e.mediaType());
                    case ProcessEvent.Returned e -> e.value();
                    case ProcessEvent.Failed e ->
                        Map.of("code", e.code().name(), "message", e.message(), "details", e.details());
                });
        return json;
    }
}
