package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Take the pie server to measure: one that runs, or a fresh one that is stopped at the end. */
final class PieOptions {
    static final String DEFAULT_MODEL = "smollm2-135m-instruct";

    @Option(names = "--url", paramLabel = "URL", description = "A running pie server. Default: a fresh one is started.")
    private @Nullable URI url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "Its token.")
    private @Nullable String token;

    @Option(names = "--model", paramLabel = "NAME_OR_PATH", description = "Model of the fresh server.")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each started server.")
    private int threads;

    @Option(names = "--weights", paramLabel = "TYPE", description = "Type of weights of each started server.")
    private @Nullable String weights;

    /** Hold a server for the time of a benchmark. */
    record Server(URI url, Optional<String> token, Optional<ServerProcess> process) implements AutoCloseable {
        private static final HttpClient HTTP = HttpClient.newHttpClient();

        /** Return a request with the server's token. */
        HttpRequest.Builder request(String path) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(url.resolve(path)).header("Content-Type", "application/json");
            token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
            return request;
        }

        <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
                throws IOException, InterruptedException {
            return HTTP.send(request.build(), body);
        }

        /** Return a snapshot of its statistics. */
        JsonNode stats() throws IOException, InterruptedException {
            return JsonMapper.shared()
                    .readTree(send(request("/v1/stats"), HttpResponse.BodyHandlers.ofString())
                            .body());
        }

        /** Return its version, and empty where it does not say. */
        String version() throws IOException, InterruptedException {
            HttpResponse<String> info = send(request("/v1/info"), HttpResponse.BodyHandlers.ofString());
            return info.statusCode() == 200
                    ? JsonMapper.shared().readTree(info.body()).path("version").asString("")
                    : "";
        }

        @Override
        public void close() {
            process.ifPresent(ServerProcess::close);
        }
    }

    int threads() {
        return threads;
    }

    /** @param more flags of a fresh server */
    Server open(String... more) throws IOException, InterruptedException {
        if (url != null) {
            return new Server(url, Optional.ofNullable(token), Optional.empty());
        }
        List<String> command = new ArrayList<>(command());
        command.addAll(List.of(more));
        ServerProcess process = ServerProcess.start(command);
        return new Server(process.awaitReadyLine(), Optional.empty(), Optional.of(process));
    }

    /** Return the command of a fresh server; empty where a running one is taken. */
    List<String> command() {
        if (url != null) {
            return List.of();
        }
        String root = System.getProperty("pie.root", ".");
        List<String> command = new ArrayList<>(List.of(Path.of(root, "pie").toString(), "serve", "--port", "0"));
        if (model != null) {
            command.addAll(List.of("--model", model));
        }
        if (threads > 0) {
            command.addAll(List.of("--threads", Integer.toString(threads)));
        }
        if (weights != null) {
            command.addAll(List.of("--weights", weights));
        }
        return command;
    }

    String modelName() {
        return model == null ? DEFAULT_MODEL : model;
    }

    /** Return the file that {@code --model} stands for, for peers that want a path. */
    Path modelFile() throws IOException {
        return modelFile(model == null ? DEFAULT_MODEL : model);
    }

    /** Return the file itself, or the one that was pulled under this name. */
    static Path modelFile(String model) throws IOException {
        if (Files.isRegularFile(Path.of(model))) {
            return Path.of(model);
        }
        String home = System.getenv("PIE_HOME");
        Path models =
                (home == null ? Path.of(System.getProperty("user.home"), ".pie") : Path.of(home)).resolve("models");
        Path folder = models.resolve(model);
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .gguf file in " + folder));
        }
    }
}
