package pie.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.EventLog.Next;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Show the events of a process: as a stream from any cursor, or as a list of what is held. */
final class EventRoutes {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final Set<String> TYPES = Set.of("stdout", "stderr", "message", "file", "return", "error");

    /** Say what one stream carries. */
    private record View(boolean launch, boolean follow, Predicate<String> types) {}

    private final Service service;
    private final Processes processes;

    EventRoutes(Service service, Processes processes) {
        this.service = service;
        this.processes = processes;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/processes/{id}/events", this::events, "since", "tail", "types", "follow", "primary"));
    }

    /** Answer a launch with its stream: the process object, then all events that the watcher reads; it is closed then. */
    void launched(Exchange exchange, InferletProcess process, EventLog.Watcher watcher) {
        stream(exchange, process, watcher, new View(true, true, type -> true));
    }

    private void events(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        EventLog log = process.log();
        long cursor = cursor(exchange, log);
        if (log.ended() && cursor >= log.lastId()) {
            exchange.noContent();
            return;
        }
        if (cursor > log.lastId()) {
            throw PieException.invalid("the cursor " + cursor + " is past the last event, " + log.lastId());
        }
        Predicate<String> types = types(exchange);
        if (Accept.json(exchange)) {
            list(exchange, log, cursor, types);
            return;
        }
        boolean follow = exchange.flag("follow", true);
        EventLog.Watcher watcher = log.watch(cursor, exchange.flag("primary", false));
        stream(exchange, process, watcher, new View(false, follow, types));
    }

    private static long cursor(Exchange exchange, EventLog log) {
        Optional<String> last = exchange.header(LAST_EVENT_ID).filter(s -> !s.isBlank());
        if (last.isPresent()) {
            try {
                long id = Long.parseLong(last.get().strip());
                if (id >= 0) {
                    return id;
                }
            } catch (NumberFormatException e) {
                // reported below
            }
            throw PieException.invalid("Last-Event-ID must be the id of an event, got \"" + last.get() + "\"");
        }
        Optional<Long> since = exchange.number("since", 0, Long.MAX_VALUE);
        Optional<Long> tail = exchange.number("tail", 0, Integer.MAX_VALUE);
        if (tail.isPresent()) {
            if (since.isPresent()) {
                throw PieException.invalid("query parameters \"since\" and \"tail\" exclude each other");
            }
            return Math.max(log.firstHeldId() - 1, log.lastId() - tail.get());
        }
        return since.orElse(0L);
    }

    private static Predicate<String> types(Exchange exchange) {
        Optional<String> text = exchange.query("types");
        if (text.isEmpty()) {
            return type -> true;
        }
        Set<String> wanted =
                Stream.of(text.get().split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet());
        for (String type : wanted) {
            if (!TYPES.contains(type)) {
                throw PieException.invalid("query parameter \"types\" knows "
                        + TYPES.stream().sorted().toList() + ", got \"" + type + "\"");
            }
        }
        return wanted::contains;
    }

    private static void list(Exchange exchange, EventLog log, long cursor, Predicate<String> types) {
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        for (ProcessEvent event : log.held(cursor)) {
            if (types.test(event.type())) {
                items.add(EventJson.envelope(event));
            }
        }
        json.putNull("next");
        exchange.json(200, json);
    }

    private void stream(Exchange exchange, InferletProcess process, EventLog.Watcher watcher, View view) {
        service.tethers().hold(process);
        try (watcher;
                Streams.Place place = service.streams().enter(process.id(), watcher::close)) {
            Optional<EventStream> stream = EventStream.open(exchange);
            if (stream.isPresent()) {
                stream.get().gone().thenRun(watcher::close);
                run(stream.get(), process, watcher, place, view);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientGone(e);
        } catch (UncheckedIOException | ServerConnectionException e) {
            throw new ClientGone(e);
        } finally {
            service.tethers().release(process);
        }
    }

    private void run(EventStream out, InferletProcess process, EventLog.Watcher watcher, Streams.Place place, View view)
            throws InterruptedException {
        if (view.launch) {
            out.control("process", processes.json(process));
        }
        Duration wait = view.follow ? service.limits().keepAlive() : Duration.ZERO;
        while (true) {
            switch (watcher.next(wait)) {
                case Next.Event e -> {
                    if (view.types.test(e.event().type())) {
                        out.event(e.event().id(), e.event().type(), EventJson.envelope(e.event()));
                    }
                }
                case Next.Gap gap -> out.control("gap", EventJson.gap(gap));
                case Next.Silence s -> {
                    if (!view.follow) {
                        out.close();
                        return;
                    }
                    out.keepAlive();
                }
                case Next.End end -> {
                    end(out, place, end.reason());
                    return;
                }
            }
        }
    }

    private static void end(EventStream out, Streams.Place place, String reason) {
        if (out.gone().isDone()) {
            throw new ClientGone();
        }
        ObjectNode json = Json.object();
        json.put("reason", place.ended() && !reason.equals("complete") ? "shutdown" : reason);
        out.control("end", json);
        out.close();
    }
}
