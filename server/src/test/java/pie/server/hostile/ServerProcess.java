package pie.server.hostile;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run a {@link HostileScene} in a process of its own, which a program may take all memory of, and talk to it over HTTP. */
final class ServerProcess implements AutoCloseable {
    /** Longest that one request may wait for a result, as the server allows. */
    private static final Duration MOST_WAIT = Duration.ofSeconds(300);

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final URI uri;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
        String address = out.readLine();
        if (address == null) {
            throw new IOException("the server did not start");
        }
        uri = URI.create(address);
    }

    /** @param flags of its JVM, beside those of every pie process */
    static ServerProcess start(Path home, String driver, Duration kept, String... flags) throws IOException {
        var command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xss8m"));
        command.addAll(List.of(flags));
        command.addAll(List.of(System.getProperty("pie.jvm.flags").split(" ")));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                HostileScene.class.getName(),
                home.toString(),
                driver,
                String.valueOf(kept.toSeconds())));
        return new ServerProcess(new ProcessBuilder(command)
                .redirectError(home.resolve("server.log").toFile())
                .start());
    }

    URI uri() {
        return uri;
    }

    /** Return the counts of the server's process, after a collection of its garbage. */
    JsonNode figures() throws IOException {
        in.write("figures\n");
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server has gone");
        }
        return JsonMapper.shared().readTree(line);
    }

    HttpResponse<String> post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    HttpResponse<String> send(String method, String path, String type, byte[] body)
            throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", type).method(method, BodyPublishers.ofByteArray(body)));
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(send(request(path)).body());
    }

    /** Launch, and return the result, or the error that refused the launch; empty, and killed, if it does not end in time. */
    Optional<JsonNode> run(JsonNode launch, Duration within) throws IOException, InterruptedException {
        HttpResponse<String> launched = post("/v1/processes", launch);
        JsonNode answer = JsonMapper.shared().readTree(launched.body());
        return launched.statusCode() >= 400
                ? Optional.of(answer)
                : result(answer.get("id").asString(), within);
    }

    /** Launch, and return the result by the same request. */
    JsonNode waitFor(JsonNode launch) throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(post("/v1/processes?wait=60", launch).body());
    }

    /** Wait for the end of a process; one that does not end in time is killed. */
    Optional<JsonNode> result(String id, Duration within) throws IOException, InterruptedException {
        String process = "/v1/processes/" + id;
        HttpResponse<String> result =
                send(request(process + "/result?wait=" + Math.min(within.toSeconds(), MOST_WAIT.toSeconds())));
        if (result.statusCode() == 200) {
            return Optional.of(JsonMapper.shared().readTree(result.body()));
        }
        post(process + "/signal", JsonMapper.shared().createObjectNode().put("signal", "kill"));
        return Optional.empty();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri.resolve(path))
                .header("Accept", "application/json")
                .timeout(MOST_WAIT.plusSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() throws IOException {
        client.shutdownNow();
        in.close();
        try {
            if (process.waitFor(60, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
