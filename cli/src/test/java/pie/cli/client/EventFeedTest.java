package pie.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pie.cli.EventSink;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.ProcessEvent;

/** The server here is a script: each request gets the next answer, and what it asked for is kept. */
final class EventFeedTest {
    private static final String ID = "3f2a0000-0000-4000-8000-000000000000";

    private HttpServer http;
    private PieClient client;
    private final Queue<String> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final List<ProcessEvent> events = new ArrayList<>();
    private final List<Long> gaps = new ArrayList<>();
    private int status = 200;

    private final EventSink sink = new EventSink() {
        @Override
        public void event(ProcessEvent event) {
            events.add(event);
        }

        @Override
        public void gap(long dropped) {
            gaps.add(dropped);
        }
    };

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        client =
                new PieClient(URI.create("http://127.0.0.1:" + http.getAddress().getPort()), Optional.of("secret"));
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Last-Event-ID") + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getRequestBody().readAllBytes();
        byte[] body = answers.remove().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String stdout(int id, String text) {
        return "id: " + id + "\nevent: stdout\ndata: {\"id\":" + id
                + ",\"type\":\"stdout\",\"time\":\"2026-01-01T00:00:00.000Z\",\"data\":\"" + text + "\"}\n\n";
    }

    private static String returned(int id, String text) {
        return stdout(id, text).replace("stdout", "return");
    }

    @Test
    void goesOnAfterTheLastEventWhenTheConnectionBreaks() throws InterruptedException {
        answers.add(stdout(1, "a") + stdout(2, "b") + "id: 3\nevent: stdout\ndata: {\"id\":3");
        answers.add(stdout(3, "c") + returned(4, "d") + "event: end\ndata: {\"reason\":\"complete\"}\n\n");
        EventFeed.follow(client, ID, 0, true, sink);
        assertThat(events).extracting(ProcessEvent::id).containsExactly(1L, 2L, 3L, 4L);
        assertThat(asked)
                .containsExactly(
                        "GET /v1/processes/" + ID + "/events?primary=true 0 Bearer secret",
                        "GET /v1/processes/" + ID + "/events?primary=true 2 Bearer secret");
    }

    @Test
    void aSlowConsumerComesBack() throws InterruptedException {
        answers.add(stdout(1, "a") + "event: end\ndata: {\"reason\":\"slow_consumer\"}\n\n");
        answers.add("event: gap\ndata: {\"from\":2,\"to\":5,\"dropped\":4}\n\n" + returned(6, "d"));
        EventFeed.follow(client, ID, 0, false, sink);
        assertThat(events).extracting(ProcessEvent::id).containsExactly(1L, 6L);
        assertThat(gaps).containsExactly(4L);
    }

    @Test
    void aLaunchIsFollowedFromItsOwnStream() throws InterruptedException {
        answers.add("event: process\ndata: {\"id\":\"" + ID + "\"}\n\n: ka\n\n" + stdout(1, "a"));
        answers.add(returned(2, "b"));
        List<String> started = new ArrayList<>();
        EventFeed.launch(client, Map.of("input", Map.of()), started::add, sink);
        assertThat(started).containsExactly(ID);
        assertThat(events).extracting(ProcessEvent::id).containsExactly(1L, 2L);
        assertThat(asked.get(1)).contains("/events?primary=true 1 ");
    }

    @Test
    void anErrorKeepsTheCodeAndTheWordsOfTheServer() {
        status = 404;
        answers.add(
                "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no process 3f2a\",\"details\":{\"kind\":\"process\"}}}");
        assertThatThrownBy(() -> EventFeed.follow(client, ID, 0, false, sink))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.message()).isEqualTo("no process 3f2a");
                    assertThat(e.details()).containsEntry("kind", "process");
                });
    }

    @Test
    void anEndedProcessHasNothingToCome() throws InterruptedException {
        status = 204;
        answers.add("");
        EventFeed.follow(client, ID, 4, false, sink);
        assertThat(events).isEmpty();
    }

    @Test
    void noServerIsOneSentenceWithTheWayOut() {
        http.stop(0);
        assertThatThrownBy(() -> client.get("/v1/processes")).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code().exitCode()).isEqualTo(5);
            assertThat(e.message()).contains("no pie server answers at http://127.0.0.1:", "pie serve");
        });
    }

    @Test
    void readsEventsOfTheStandard() throws IOException {
        String text = ": comment\n\nid:7\nevent:x\ndata:one\ndata: two\nretry: 3\n\ndata\n\ndata: cut";
        try (var reader = new SseReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
            assertThat(reader.next()).contains(new SseEvent("7", "x", "one\ntwo"));
            assertThat(reader.next()).contains(new SseEvent("", "message", ""));
            assertThat(reader.next()).isEmpty();
        }
    }
}
