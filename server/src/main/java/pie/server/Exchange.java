package pie.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.server.openai.OpenAiError;
import tools.jackson.databind.JsonNode;

/** Carry one request and its answer: parameters read strictly, bodies within bounds, every answer with its headers. */
final class Exchange {
    static final String JSON = "application/json; charset=utf-8";
    static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
    static final HeaderName PROCESS_ID = HeaderNames.create("X-Pie-Process-Id");
    private static final HeaderName ACCEL_BUFFERING = HeaderNames.create("X-Accel-Buffering");
    private static final int DRAIN_MAX = 64 << 20;

    private final ServerRequest request;
    private final ServerResponse response;
    private final String requestId;
    private final ServerLimits limits;
    private Map<String, String> path = Map.of();
    private String route = "none";

    Exchange(ServerRequest request, ServerResponse response, String requestId, ServerLimits limits) {
        this.request = request;
        this.response = response;
        this.requestId = requestId;
        this.limits = limits;
        response.header(REQUEST_ID, requestId);
    }

    void bind(Route to, Map<String, String> names) {
        route = to.pattern();
        path = names;
    }

    /** Return the pattern of the request's route, {@code none} for a request without one. */
    String route() {
        return route;
    }

    String requestId() {
        return requestId;
    }

    OwnerId owner() {
        return OwnerId.LOCAL;
    }

    String method() {
        return request.prologue().method().text();
    }

    String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /** Return path and query as they were sent. */
    String rawTarget() {
        String query = request.prologue().query().rawValue();
        return rawPath() + (query.isEmpty() ? "" : "?" + query);
    }

    /** Return the query as it was sent, without the question mark. */
    String rawQuery() {
        return request.prologue().query().rawValue();
    }

    /** Return all headers, names and values in turn. */
    List<String> headers() {
        var all = new java.util.ArrayList<String>();
        request.headers()
                .forEach(header -> header.allValues().forEach(value -> {
                    all.add(header.name());
                    all.add(value);
                }));
        return all;
    }

    /** Return the address that the request comes from. */
    String address() {
        return request.remotePeer().host();
    }

    Optional<String> headerText(String name) {
        return header(HeaderNames.create(name));
    }

    boolean hasBody() {
        return request.content().hasEntity();
    }

    /** Return the body, to be read on this thread. */
    InputStream bodyStream() {
        return hasBody() ? request.content().inputStream() : InputStream.nullInputStream();
    }

    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no path parameter " + name);
        }
        return value;
    }

    Optional<String> header(HeaderName name) {
        return request.headers().contains(name)
                ? Optional.of(String.join(", ", request.headers().get(name).allValues()))
                : Optional.empty();
    }

    // ---- query

    Optional<String> query(String name) {
        List<String> all = request.query().all(name, List::of);
        if (all.size() > 1) {
            throw PieException.invalid(
                    "query parameter \"" + name + "\" is given " + all.size() + " times; give it once");
        }
        return all.stream().findFirst();
    }

    List<String> queryAll(String name) {
        return request.query().all(name, List::of);
    }

    void checkQuery(Route route) {
        for (String name : request.query().names()) {
            if (!route.query().contains(name)) {
                throw new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        "unknown query parameter \"" + name + "\"; known here: "
                                + route.query().stream().sorted().toList(),
                        Map.of("problems", List.of(Problems.problem("?" + name, "unknown"))));
            }
        }
    }

    boolean flag(String name, boolean absent) {
        Optional<String> value = query(name);
        if (value.isEmpty()) {
            return absent;
        }
        return switch (value.get()) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default ->
                throw PieException.invalid(
                        "query parameter \"" + name + "\" must be true or false, got \"" + value.get() + "\"");
        };
    }

    Optional<Duration> duration(String name) {
        return query(name)
                .map(text -> Durations.parse(text)
                        .orElseThrow(() -> PieException.invalid("query parameter \"" + name
                                + "\" must be seconds or a number with ms, s, m or h, got \"" + text + "\"")));
    }

    /** Return the {@code wait} parameter, empty if absent. */
    Optional<Duration> waitTime() {
        Optional<Duration> wait = duration("wait");
        if (wait.isPresent() && wait.get().compareTo(limits.waitMax()) > 0) {
            throw PieException.invalid("query parameter \"wait\" must be at most "
                    + limits.waitMax().toSeconds() + " s, got \""
                    + query("wait").orElse("") + "\"");
        }
        return wait;
    }

    Optional<Long> number(String name, long min, long max) {
        return query(name).map(text -> {
            try {
                long n = Long.parseLong(text);
                if (n >= min && n <= max) {
                    return n;
                }
            } catch (NumberFormatException e) {
                // reported below, with the range
            }
            throw PieException.invalid("query parameter \"" + name + "\" must be a whole number from " + min + " to "
                    + max + ", got \"" + text + "\"");
        });
    }

    // ---- body

    /** Return the media type of the body in lower case, without parameters. */
    String mediaType() {
        String value = header(HeaderNames.CONTENT_TYPE).orElse("");
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * Read the whole body; the unread rest of one that is too long is thrown away, so that the client can read the answer.
     *
     * @throws PieException PAYLOAD_TOO_LARGE, or BAD_REQUEST where its framing is broken
     */
    byte[] body(int max, String what) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            return read(max, what);
        } catch (CloseConnectionException | PieException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(what, e);
        }
    }

    /** Make something of a body as it comes. */
    @FunctionalInterface
    interface BodyReader<T> {
        T read(InputStream body) throws IOException;
    }

    /**
     * Have the body read as it comes; the unread rest of one that is refused is thrown away, so that the client can read the answer.
     *
     * @throws PieException PAYLOAD_TOO_LARGE for one that says that it is larger, BAD_REQUEST where its framing is broken; what the
     *     reader throws
     */
    <T> T body(long max, String what, BodyReader<T> reader) {
        InputStream in = bodyStream();
        try {
            long announced = request.headers().contentLength().orElse(-1);
            if (announced > max) {
                throw tooLarge(in, max, announced, what);
            }
            return reader.read(in);
        } catch (CloseConnectionException e) {
            throw e;
        } catch (PieException e) {
            drain(in);
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(what, e);
        }
    }

    private static PieException unreadable(String what, Exception e) {
        return new PieException(ErrorCode.BAD_REQUEST, what + " cannot be read: " + e.getMessage(), Map.of(), e);
    }

    private byte[] read(int max, String what) throws IOException {
        long announced = request.headers().contentLength().orElse(-1);
        InputStream in = request.content().inputStream();
        if (announced > max) {
            throw tooLarge(in, max, announced, what);
        }
        var out = new ByteArrayOutputStream(announced > 0 ? (int) announced : 1024);
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (out.size() + n > max) {
                throw tooLarge(in, max, announced, what);
            }
            out.write(buffer, 0, n);
        }
        return out.toByteArray();
    }

    private static PieException tooLarge(InputStream in, long max, long announced, String what) {
        drain(in);
        return new PieException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                what + " is larger than " + max + " bytes",
                announced < 0 ? Map.of("limit", max) : Map.of("limit", max, "size", announced));
    }

    private static void drain(InputStream in) {
        byte[] buffer = new byte[8192];
        try {
            for (long drained = 0; drained < DRAIN_MAX; ) {
                int n = in.read(buffer);
                if (n < 0) {
                    return;
                }
                drained += n;
            }
        } catch (IOException | RuntimeException e) {
            // The client has stopped sending; the answer says why all the same.
            return;
        }
    }

    /** @throws PieException UNSUPPORTED_MEDIA_TYPE for a page's JSON body of another type, which would need no preflight */
    void checkJsonType() {
        if (header(HeaderNames.ORIGIN).isPresent() && !mediaType().equals("application/json")) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "a request with an Origin needs Content-Type: application/json, got \"" + mediaType() + "\"");
        }
    }

    // ---- answers

    void header(HeaderName name, String value) {
        response.header(name, value);
    }

    void json(int status, JsonNode body) {
        send(status, JSON, Json.bytes(body));
    }

    void send(int status, String contentType, byte[] body) {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        boolean head = method().equals("HEAD");
        if (head) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(body.length));
        }
        write(() -> response.send(head ? new byte[0] : body));
    }

    /** Send a file as it stands now, however long it grows. */
    void file(String contentType, Path file) throws IOException {
        send(Status.OK_200, contentType, file, 0, Files.size(file));
    }

    /**
     * Send a file that never changes, or the part of it that the client asks for by {@code Range} (RFC 9110 §14).
     *
     * @param tag what its content is known by
     * @throws PieException BAD_REQUEST with status 416 for a range beyond its end
     */
    void file(String contentType, Path file, String tag) throws IOException {
        long size = Files.size(file);
        String quoted = "\"" + tag + "\"";
        response.header(HeaderNames.ETAG, quoted);
        response.header(HeaderNames.ACCEPT_RANGES, "bytes");
        boolean whole = header(HeaderNames.IF_RANGE)
                .filter(known -> !known.equals(quoted))
                .isPresent();
        Optional<ByteRange> range =
                whole ? Optional.empty() : header(HeaderNames.RANGE).flatMap(ByteRange::parse);
        if (range.isEmpty()) {
            send(Status.OK_200, contentType, file, 0, size);
            return;
        }
        Optional<ByteRange.Span> span = range.get().within(size);
        if (span.isEmpty()) {
            response.header(HeaderNames.CONTENT_RANGE, "bytes */" + size);
            throw new PieException(
                    ErrorCode.BAD_REQUEST,
                    "the range " + header(HeaderNames.RANGE).orElse("") + " is beyond the " + size
                            + " bytes of this file",
                    Map.of("status", 416, "size", size));
        }
        long first = span.get().first();
        long length = span.get().length();
        response.header(HeaderNames.CONTENT_RANGE, "bytes " + first + "-" + (first + length - 1) + "/" + size);
        send(Status.PARTIAL_CONTENT_206, contentType, file, first, length);
    }

    private void send(Status status, String contentType, Path file, long from, long size) throws IOException {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(size));
        if (method().equals("HEAD")) {
            write(response::send);
            return;
        }
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = response.outputStream()) {
            in.skipNBytes(from);
            byte[] buffer = new byte[1 << 16];
            for (long left = size; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new IOException(file + " became shorter");
                }
                left -= n;
                write(() -> copy(out, buffer, n));
            }
        }
    }

    private static void copy(OutputStream out, byte[] buffer, int n) {
        try {
            out.write(buffer, 0, n);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void noContent() {
        response.status(Status.NO_CONTENT_204);
        write(response::send);
    }

    void error(PieException e) {
        int status = ErrorBody.status(e);
        if (status == 429 || status == 503) {
            response.header(HeaderNames.RETRY_AFTER, ErrorBody.RETRY_AFTER);
        }
        if (e.code() == ErrorCode.UNAUTHENTICATED) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"pie\"");
        }
        if (e.details().get("allow") instanceof List<?> allow) {
            response.header(
                    HeaderNames.ALLOW,
                    String.join(", ", allow.stream().map(String::valueOf).toList()));
        }
        json(
                status,
                OpenAiRoutes.covers(rawPath())
                        ? OpenAiError.body(e)
                        : ErrorBody.of(e.code(), e.message(), e.details(), requestId));
    }

    /**
     * Begin an answer whose body is written piece by piece.
     *
     * @param headers names and values in turn
     * @param body whether there is one; without, the answer is sent at once
     */
    OutputStream answer(int status, List<String> headers, boolean body) {
        response.status(Status.create(status));
        for (int i = 0; i + 1 < headers.size(); i += 2) {
            response.header(HeaderNames.create(headers.get(i)), headers.get(i + 1));
        }
        if (!body) {
            write(response::send);
            return OutputStream.nullOutputStream();
        }
        response.header(HeaderValues.TRANSFER_ENCODING_CHUNKED);
        return response.outputStream();
    }

    /** Write a piece and send it at once. */
    static void flushed(OutputStream out, byte[] piece) {
        try {
            out.write(piece);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean sent() {
        return response.isSent();
    }

    /** Start a stream of server-sent events; empty for HEAD, which is answered at once. */
    Optional<OutputStream> stream() {
        response.status(Status.OK_200);
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(ACCEL_BUFFERING, "no");
        if (method().equals("HEAD")) {
            write(response::send);
            return Optional.empty();
        }
        response.header(HeaderValues.TRANSFER_ENCODING_CHUNKED);
        return Optional.of(response.outputStream());
    }

    /** Run something that writes to the client, so that a client which takes nothing for too long is cut off. */
    void write(Runnable writing) {
        if (!ClientConnection.CURRENT.isBound()) {
            writing.run();
            return;
        }
        ClientConnection connection = ClientConnection.CURRENT.get();
        connection.writing(true);
        try {
            writing.run();
        } finally {
            connection.writing(false);
        }
    }

    /** Return a future that completes when the client has left; never if that cannot be known. */
    CompletableFuture<Void> clientGone() {
        return ClientConnection.CURRENT.isBound()
                ? ClientConnection.CURRENT.get().gone()
                : new CompletableFuture<>();
    }
}
