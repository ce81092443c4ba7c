package pie.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import pie.engine.event.EventLog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run a server over scripts, and talk to it over real sockets. */
final class TestServer implements AutoCloseable {
    static final EventLog.Limits EVENTS = new EventLog.Limits(64, 1 << 20, Duration.ofMillis(300));

    final ScriptLauncher launcher;
    final PieServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    TestServer(Path home) {
        this(home, EVENTS, c -> c);
    }

    TestServer(Path home, EventLog.Limits events, UnaryOperator<ServerConfig> change) {
        launcher = new ScriptLauncher(events);
        server = PieServer.serve(change.apply(config(home)), () -> launcher);
    }

    static ServerConfig config(Path home) {
        ServerConfig c = ServerConfig.loopback(home, 0);
        return new ServerConfig(
                c.host(),
                0,
                c.origins(),
                c.hosts(),
                home,
                c.auth(),
                c.allowInsecureBind(),
                Duration.ofMillis(200),
                Duration.ofMillis(150));
    }

    URI uri(String path) {
        return server.uri().resolve(path);
    }

    int port() {
        return server.uri().getPort();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<InputStream> open(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path).POST(BodyPublishers.ofString(body)).header("Content-Type", "application/json"));
    }

    HttpResponse<String> delete(String path) {
        return send(request(path).DELETE());
    }

    /** Return the JSON body of a launch of script lines. */
    static String script(String... lines) {
        var launch = Json.object();
        var source = launch.putObject("source");
        source.put("language", "python");
        source.put("code", String.join("\n", lines));
        return Json.text(launch);
    }

    /** Launch lines and return the id. */
    String launch(String... lines) {
        return json(post("/v1/processes", script(lines))).get("id").asString();
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    static String code(HttpResponse<String> response) {
        return json(response).path("error").path("code").asString("");
    }

    static String message(HttpResponse<String> response) {
        return json(response).path("error").path("message").asString("");
    }

    /** Send bytes and return all that comes back until the server closes. */
    String raw(String text) {
        try (var socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return readAll(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String readAll(InputStream in) throws IOException {
        var all = new ByteArrayOutputStream();
        in.transferTo(all);
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
