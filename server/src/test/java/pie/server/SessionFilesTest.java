package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.programs.ProgramStore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files between programs and clients, over HTTP and WebSocket, on the real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class SessionFilesTest {
    private static final Map<String, String> TURNS_AROUND = Map.of("python", """
            from inferlet import session
            async def main(input):
                first, second = await session.receive_file(), await session.receive_file()
                session.send_file(first + b"|" + second, name="../both.txt")
                session.send_file(b"")
                return len(first)
            """, "javascript", """
            import { session } from 'inferlet';
            export async function main() {
              const [first, second] = [await session.receiveFile(), await session.receiveFile()];
              session.sendFile([...first, 124, ...second], { name: '../both.txt' });
              session.sendFile(new Uint8Array(0));
              return first.length;
            }
            """, "java", """
            import pie.inferlet.*;
            int main() {
                byte[] first = Session.receiveFile();
                byte[] second = Session.receiveFile();
                byte[] both = Arrays.copyOf(first, first.length + second.length + 1);
                both[first.length] = '|';
                for (int i = 0; i < second.length; i++) {
                    both[first.length + 1 + i] = second[i];
                }
                Session.sendFile(both, "../both.txt");
                Session.sendFile(new byte[0]);
                return first.length;
            }
            """);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private PieServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        server = RealServer.dummy(home, RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.values())));
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> put(String id, String name, byte[] content) throws Exception {
        return send(request("/v1/processes/" + id + "/files/" + name).PUT(BodyPublishers.ofByteArray(content)));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private String launch(String language) throws Exception {
        var body = Json.object();
        body.putObject("source").put("language", language).put("code", TURNS_AROUND.get(language));
        var launched = send(request("/v1/processes").POST(BodyPublishers.ofString(body.toString())));
        assertThat(launched.statusCode()).as(launched.body()).isEqualTo(202);
        return json(launched).get("id").asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"python", "javascript", "java"})
    void files_go_in_and_come_out(String language) throws Exception {
        String id = launch(language);
        byte[] text = "hello 🙂".getBytes(StandardCharsets.UTF_8);
        var first = put(id, "a.txt", text);
        assertThat(first.statusCode())
                .as(first.body()
                        + send(request("/v1/processes/" + id + "/result")).body())
                .isEqualTo(201);
        assertThat(json(first).get("hash").asString()).isEqualTo(ProgramStore.hash(text));
        assertThat(put(id, "b", new byte[0]).statusCode()).isEqualTo(201);
        var result = send(request("/v1/processes/" + id + "/result?wait=60"));
        assertThat(json(result).get("value").asString()).isEqualTo(String.valueOf(text.length));
        JsonNode events = json(send(request("/v1/processes/" + id + "/events?follow=false&types=file")
                .header("Accept", "application/json")));
        assertThat(events.toString()).contains("\"name\":\"both.txt\"").contains("\"media_type\":\"text/plain\"");
        var both = send(request("/v1/processes/" + id + "/files/both.txt"));
        assertThat(both.body()).isEqualTo("hello 🙂|");
        String hash = ProgramStore.hash(both.body().getBytes(StandardCharsets.UTF_8));
        assertThat(both.headers().firstValue("ETag")).contains("\"" + hash + "\"");
        assertThat(both.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(send(request("/v1/processes/" + id + "/files/" + hash)).body())
                .isEqualTo(both.body());
        JsonNode all = json(send(request("/v1/processes/" + id + "/files"))).get("items");
        assertThat(all.valueStream().map(f -> f.get("direction").asString() + f.get("size")))
                .containsExactly("in10", "in0", "out11", "out0");
        var late = put(id, "late", text);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(json(late).at("/error/message").asString()).isEqualTo("the process has ended and takes no files");
        assertThat(json(send(request("/v1/processes/" + id + "/files"))).get("items"))
                .hasSize(4);
        assertThat(send(request("/v1/processes/" + id + "/files/none")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_file_that_is_on_its_way_when_the_process_ends_is_refused_and_not_kept() throws Exception {
        String id = launch("javascript");
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        InputStream slow = new InputStream() {
            private int left = 1 << 20;

            @Override
            public int read() throws IOException {
                if (--left == 1 << 19) {
                    begun.countDown();
                    try {
                        ended.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                }
                return left < 0 ? -1 : 7;
            }
        };
        var sent = client.sendAsync(
                request("/v1/processes/" + id + "/files/slow")
                        .PUT(BodyPublishers.ofInputStream(() -> slow))
                        .build(),
                BodyHandlers.ofString());
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        send(request("/v1/processes/" + id + "?wait=60").DELETE());
        send(request("/v1/processes/" + id + "/result?wait=60"));
        ended.countDown();
        var refused = sent.get(60, TimeUnit.SECONDS);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(refused.body()).contains("the process has ended and takes no files");
        assertThat(json(send(request("/v1/processes/" + id + "/files"))).get("items"))
                .isEmpty();
    }

    private HttpResponse<String> part(String path, String range, String... more) throws Exception {
        HttpRequest.Builder request = request(path).header("Range", range);
        for (int i = 0; i < more.length; i += 2) {
            request.header(more[i], more[i + 1]);
        }
        return send(request);
    }

    @Test
    void parts_of_a_file_are_sent_to_who_asks_for_them() throws Exception {
        String id = launch("javascript");
        put(id, "digits.txt", "0123456789".getBytes(StandardCharsets.UTF_8));
        String path = "/v1/processes/" + id + "/files/digits.txt";
        var whole = send(request(path));
        assertThat(whole.headers().firstValue("Accept-Ranges")).contains("bytes");
        assertThat(whole.headers().firstValue("Content-Length")).contains("10");
        var middle = part(path, "bytes=2-4");
        assertThat(middle.statusCode()).isEqualTo(206);
        assertThat(middle.body()).isEqualTo("234");
        assertThat(middle.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
        assertThat(part(path, "bytes=7-").body()).isEqualTo("789");
        assertThat(part(path, "bytes=8-99").headers().firstValue("Content-Range"))
                .contains("bytes 8-9/10");
        assertThat(part(path, "bytes=-3").body()).isEqualTo("789");
        assertThat(part(path, "bytes=-99").body()).isEqualTo("0123456789");
        for (String other : new String[] {"bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=x-"}) {
            assertThat(part(path, other).statusCode()).as(other).isEqualTo(200);
        }
        for (String beyond : new String[] {"bytes=10-", "bytes=99-100", "bytes=-0"}) {
            var refused = part(path, beyond);
            assertThat(refused.statusCode()).as(beyond).isEqualTo(416);
            assertThat(refused.headers().firstValue("Content-Range")).contains("bytes */10");
            assertThat(json(refused).at("/error/code").asString()).isEqualTo("BAD_REQUEST");
        }
        String tag = whole.headers().firstValue("ETag").orElseThrow();
        assertThat(part(path, "bytes=2-4", "If-Range", tag).statusCode()).isEqualTo(206);
        assertThat(part(path, "bytes=2-4", "If-Range", "\"other\"").body()).isEqualTo("0123456789");
        send(request("/v1/processes/" + id).DELETE());
    }

    @Test
    void a_wrong_hash_is_refused_and_only_so_many_are_kept() throws Exception {
        String id = launch("javascript");
        var wrong = send(request("/v1/processes/" + id + "/files/x")
                .PUT(BodyPublishers.ofByteArray(new byte[1]))
                .header("X-Pie-Hash", "00"));
        assertThat(wrong.statusCode()).isEqualTo(400);
        put(id, "1", new byte[] {1});
        put(id, "2", new byte[] {2});
        send(request("/v1/processes/" + id + "/result?wait=60"));
        String waiting = json(send(
                        request("/v1/processes")
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"source\":{\"language\":\"javascript\",\"code\":\"import { session } from 'inferlet'; export const main = () => session.receive();\"}}"))))
                .get("id")
                .asString();
        int status = 0;
        for (int i = 0; i < 65; i++) {
            status = put(waiting, "f" + i, new byte[] {(byte) i}).statusCode();
        }
        assertThat(status).isEqualTo(429);
        send(request("/v1/processes/" + waiting).DELETE());
    }

    @Test
    void clients_of_the_socket_send_and_get_them_in_chunks() throws Exception {
        try (var socket = new WsClient(server.uri(), "/", Map.of("x-pie-identity", "default/local"))) {
            JsonNode installed = socket.install(
                    "[package]\nname = \"turn\"\nversion = \"1.0.0\"\n[runtime]\nlanguage = \"python\"\n",
                    false,
                    TURNS_AROUND.get("python"));
            assertThat(installed.path("ok").asBoolean())
                    .as(installed.toString())
                    .isTrue();
            String id = socket.ask("launch_process", "inferlet", "turn", "input", "", "capture_outputs", true)
                    .path("result")
                    .asString();
            byte[] large = new byte[300_000];
            large[299_999] = 7;
            String hash = ProgramStore.hash(large);
            for (int i = 0; i < 2; i++) {
                byte[] part = java.util.Arrays.copyOfRange(large, i << 18, Math.min(large.length, (i + 1) << 18));
                socket.send(
                        "transfer_file",
                        "process_id",
                        id,
                        "file_hash",
                        hash,
                        "chunk_index",
                        i,
                        "total_chunks",
                        2,
                        "chunk_data",
                        part,
                        "name",
                        "large.bin");
            }
            socket.send(
                    "transfer_file",
                    "process_id",
                    id,
                    "file_hash",
                    ProgramStore.hash(new byte[] {9}),
                    "chunk_index",
                    0,
                    "total_chunks",
                    1,
                    "chunk_data",
                    new byte[] {9});
            var sizes = new HashMap<String, Integer>();
            JsonNode message = socket.next();
            while (message.path("type").asString().equals("file")) {
                sizes.merge(
                        message.path("name").asString(""),
                        message.path("chunk_data").asString("").length(),
                        Integer::sum);
                message = socket.next();
            }
            assertThat(sizes).containsExactlyInAnyOrderEntriesOf(Map.of("both.txt", 300_002, "", 0));
            assertThat(message.path("event").asString()).isEqualTo("return");
            assertThat(message.path("value").asString()).isEqualTo("300000");
        }
    }
}
