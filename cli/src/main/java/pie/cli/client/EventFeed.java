package pie.cli.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import pie.cli.EventSink;
import pie.cli.Json;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.ProcessEvent;
import tools.jackson.databind.JsonNode;

/**
 * Read the events of one process from a server, in order and each once: after a broken connection it asks again from the event after
 * the last one that arrived.
 */
public final class EventFeed {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final PieClient client;
    private final String id;
    private final String query;
    private final EventSink sink;
    private long cursor;

    private EventFeed(PieClient client, String id, String query, long since, EventSink sink) {
        this.client = client;
        this.id = id;
        this.query = query;
        this.cursor = since;
        this.sink = sink;
    }

    /** Say how reading ended: by the last event of the process, or by the server for a reason. */
    private enum End {
        COMPLETE,
        CUT
    }

    /**
     * Launch and follow to the end.
     *
     * @param started told the id before the first event
     */
    public static void launch(PieClient client, Object body, Consumer<String> started, EventSink sink)
            throws InterruptedException {
        try (SseReader reader = client.postStream("/v1/processes", body)
                .orElseThrow(
                        () -> new PieException(ErrorCode.UPSTREAM_FAILURE, "the launch was answered by nothing"))) {
            SseEvent first = reader.next()
                    .orElseThrow(() -> new PieException(ErrorCode.NOT_READY, "the server closed the launch at once"));
            String id = Json.parse(first.data()).path("id").asString("");
            started.accept(id);
            var feed = new EventFeed(client, id, "primary=true", 0, sink);
            if (feed.drain(reader) == End.CUT) {
                feed.run();
            }
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_READY, "the launch stream broke before it began: " + e.getMessage(), Map.of(), e);
        }
    }

    /** Follow a process to its end, from the event after {@code since}. */
    public static void follow(PieClient client, String id, long since, boolean primary, EventSink sink)
            throws InterruptedException {
        new EventFeed(client, id, primary ? "primary=true" : "", since, sink).run();
    }

    /** Read the events that are held now. */
    public static void held(PieClient client, String id, long since, EventSink sink) throws InterruptedException {
        Optional<SseReader> stream =
                client.stream("/v1/processes/" + id + "/events?follow=false&since=" + since, Map.of());
        if (stream.isPresent()) {
            new EventFeed(client, id, "", since, sink).drain(stream.get());
        }
    }

    private void run() throws InterruptedException {
        long lastProgress = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            long before = cursor;
            try {
                Optional<SseReader> stream = client.stream(path(), headers());
                if (stream.isEmpty() || drain(stream.get()) == End.COMPLETE) {
                    return;
                }
            } catch (PieException e) {
                if (e.code() != ErrorCode.NOT_READY) {
                    throw e;
                }
                if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
                    throw e;
                }
            }
            if (cursor > before) {
                lastProgress = System.nanoTime();
                pause = FIRST_PAUSE;
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private String path() {
        return "/v1/processes/" + id + "/events" + (query.isEmpty() ? "" : "?" + query);
    }

    private Map<String, String> headers() {
        return Map.of("Last-Event-ID", Long.toString(cursor));
    }

    private End drain(SseReader reader) {
        try (reader) {
            while (true) {
                Optional<SseEvent> next = reader.next();
                if (next.isEmpty()) {
                    return End.CUT;
                }
                SseEvent event = next.get();
                switch (event.type()) {
                    case "process" -> {}
                    case "gap" -> {
                        JsonNode gap = Json.parse(event.data());
                        cursor = Math.max(cursor, gap.path("to").asLong());
                        sink.gap(gap.path("dropped").asLong());
                    }
                    case "end" -> {
                        return Json.parse(event.data())
                                        .path("reason")
                                        .asString("complete")
                                        .equals("slow_consumer")
                                ? End.CUT
                                : End.COMPLETE;
                    }
                    default -> {
                        Optional<ProcessEvent> known = ProcessEvents.parse(event.data());
                        cursor = event.id().isEmpty() ? cursor : Long.parseLong(event.id());
                        known.ifPresent(sink::event);
                        if (known.filter(ProcessEvent::terminal).isPresent()) {
                            return End.COMPLETE;
                        }
                    }
                }
            }
        } catch (IOException e) {
            return End.CUT;
        }
    }
}
