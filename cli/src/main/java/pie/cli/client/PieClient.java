package pie.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pie.cli.Json;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Send requests to one server; every answer that is an error becomes a {@link PieException} with the server's own code and words. */
public final class PieClient {
    /** Contents of at most so many bytes go at once, and are not worth a word. */
    public static final long SMALL = 4L << 20;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 4;
    private static final int PIECE = 1 << 16;

    private final URI url;
    private final Optional<String> token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    public PieClient(URI url, Optional<String> token) {
        this.url = url;
        this.token = token;
    }

    public URI url() {
        return url;
    }

    public JsonNode get(String path) throws InterruptedException {
        return json(send("GET", path, BodyPublishers.noBody(), "application/json", Map.of()));
    }

    public JsonNode post(String path, Object body) throws InterruptedException {
        return json(send("POST", path, BodyPublishers.ofString(Json.line(body)), "application/json", Map.of()));
    }

    public JsonNode put(String path, Object body) throws InterruptedException {
        return json(send("PUT", path, BodyPublishers.ofString(Json.line(body)), "application/json", Map.of()));
    }

    public JsonNode put(String path, byte[] body, String type) throws InterruptedException {
        return json(
                send("PUT", path, BodyPublishers.ofByteArray(body), "application/json", Map.of("Content-Type", type)));
    }

    public JsonNode delete(String path) throws InterruptedException {
        return json(send("DELETE", path, BodyPublishers.noBody(), "application/json", Map.of()));
    }

    /** Fetch what a path holds into a file. */
    public void download(String path, Path file) throws InterruptedException {
        try (InputStream body =
                send("GET", path, BodyPublishers.noBody(), "*/*", Map.of()).body()) {
            Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_READY,
                    "fetching " + path + " was cut off: " + e.getMessage(),
                    Map.of("broken", true),
                    e);
        }
    }

    /**
     * Fetch what a path holds into a file, going on where the connection breaks off.
     *
     * @param progress told how many bytes have come
     */
    public void download(String path, Path file, LongConsumer progress) throws InterruptedException {
        long have = 0;
        String tag = "";
        for (int attempt = 1; ; attempt++) {
            Map<String, String> rest = have == 0 ? Map.of() : Map.of("Range", "bytes=" + have + "-", "If-Range", tag);
            HttpResponse<InputStream> response = send("GET", path, BodyPublishers.noBody(), "*/*", rest);
            tag = response.headers().firstValue("ETag").orElse("");
            if (response.statusCode() != 206) {
                have = 0;
            }
            try (InputStream body = response.body();
                    OutputStream out = Files.newOutputStream(
                            file, have == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND)) {
                byte[] piece = new byte[PIECE];
                for (int n = read(body, piece); n >= 0; n = read(body, piece)) {
                    out.write(piece, 0, n);
                    have += n;
                    progress.accept(have);
                }
                return;
            } catch (CutOff e) {
                if (attempt == ATTEMPTS || tag.isEmpty()) {
                    throw new PieException(
                            ErrorCode.NOT_READY,
                            "fetching " + path + " was cut off: " + e.getMessage(),
                            Map.of("broken", true),
                            e);
                }
            } catch (IOException e) {
                throw new PieException(
                        ErrorCode.STORAGE_FULL, "cannot write to " + file + ": " + e.getMessage(), Map.of(), e);
            }
        }
    }

    /** The connection broke, not the disk. */
    private static final class CutOff extends IOException {
        private static final long serialVersionUID = 1;

        CutOff(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static int read(InputStream body, byte[] piece) throws CutOff {
        try {
            return body.read(piece);
        } catch (IOException e) {
            throw new CutOff(e);
        }
    }

    /**
     * Send a content to a path.
     *
     * @param size bytes of it, -1 if that is not known
     * @param progress told how many bytes have been sent
     */
    public JsonNode upload(String path, Supplier<InputStream> content, long size, LongConsumer progress)
            throws InterruptedException {
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> new Counted(content.get(), progress));
        return json(send(
                "PUT",
                path,
                size < 0 ? stream : size == 0 ? BodyPublishers.noBody() : BodyPublishers.fromPublisher(stream, size),
                "application/json",
                Map.of("Content-Type", "application/octet-stream")));
    }

    /** Tell how much has been read. */
    private static final class Counted extends FilterInputStream {
        private final LongConsumer progress;
        private long count;

        Counted(InputStream in, LongConsumer progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            counted(one < 0 ? -1 : 1);
            return one;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            return counted(super.read(to, at, length));
        }

        private int counted(int n) {
            if (n > 0) {
                count += n;
                progress.accept(count);
            }
            return n;
        }
    }

    /** Open a stream; empty if there is nothing to come (204). */
    public Optional<SseReader> stream(String path, Map<String, String> headers) throws InterruptedException {
        return stream(send("GET", path, BodyPublishers.noBody(), "text/event-stream", headers));
    }

    Optional<SseReader> postStream(String path, Object body) throws InterruptedException {
        return stream(send("POST", path, BodyPublishers.ofString(Json.line(body)), "text/event-stream", Map.of()));
    }

    private static Optional<SseReader> stream(HttpResponse<InputStream> response) {
        return response.statusCode() == 204 ? Optional.empty() : Optional.of(new SseReader(response.body()));
    }

    private HttpResponse<InputStream> send(
            String method, String path, BodyPublisher body, String accept, Map<String, String> headers)
            throws InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve(path))
                .method(method, body)
                .header("Accept", accept)
                .header("Content-Type", "application/json");
        token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
        headers.forEach(request::setHeader);
        HttpResponse<InputStream> response;
        try {
            response = http.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException | HttpTimeoutException e) {
            throw new PieException(
                    ErrorCode.NOT_READY,
                    "no pie server answers at " + url + ": start one with pie serve, or name one with --url",
                    Map.of("url", url.toString()),
                    e);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_READY,
                    "the connection to " + url + " broke: " + e.getMessage(),
                    Map.of("url", url.toString(), "broken", true),
                    e);
        }
        if (response.statusCode() >= 400) {
            throw failure(response);
        }
        return response;
    }

    private static JsonNode json(HttpResponse<InputStream> response) {
        String text = text(response);
        return text.isBlank() ? Json.MAPPER.createObjectNode() : Json.parse(text);
    }

    private static String text(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_READY, "the answer was cut off: " + e.getMessage(), Map.of("broken", true), e);
        }
    }

    private static PieException failure(HttpResponse<InputStream> response) {
        String text = text(response);
        try {
            JsonNode error = Json.parse(text).path("error");
            if (error.path("code").isString()) {
                return failure(error);
            }
        } catch (JacksonException e) {
            // Whatever answers there is no pie server; its status is all that can be told.
        }
        return new PieException(
                response.statusCode() == 404 ? ErrorCode.NOT_FOUND : ErrorCode.UPSTREAM_FAILURE,
                "the server answered " + response.statusCode() + " to "
                        + response.request().uri());
    }

    /** Turn an error object of the wire into the exception that it was. */
    static PieException failure(JsonNode error) {
        String word = error.path("code").asString("");
        ErrorCode code = ErrorCode.INTERNAL;
        for (ErrorCode c : ErrorCode.values()) {
            code = c.name().equals(word) ? c : code;
        }
        Map<String, Object> details = new LinkedHashMap<>();
        for (var e : error.path("details").properties()) {
            JsonNode value = e.getValue();
            details.put(e.getKey(), value.isString() ? value.asString() : value);
        }
        return new PieException(code, error.path("message").asString(word), details);
    }
}
