package pie.inferlet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Hold an answer that the program made. Its chunks are asked for on the thread that reads them. */
record MadeAnswer(int status, List<String> headers, Iterator<?> chunks) implements Host.WebResponse {
    /**
     * @param body text, bytes, an iterator, iterable or stream of such chunks, null for none; any other value is sent as JSON
     * @throws PieException INVALID_ARGUMENT for a status outside of 200..599
     */
    static MadeAnswer of(@Nullable Object body, int status) {
        if (status < 200 || status > 599) {
            throw PieException.invalid("Response: status must be in 200..599, got " + status);
        }
        return switch (body) {
            case null -> new MadeAnswer(status, List.of(), List.of().iterator());
            case String text ->
                typed(status, "text/plain; charset=utf-8", List.of(text).iterator());
            case byte[] bytes ->
                typed(status, "application/octet-stream", List.of(bytes).iterator());
            case Iterator<?> some -> typed(status, "text/plain; charset=utf-8", some);
            case BaseStream<?, ?> some -> typed(status, "text/plain; charset=utf-8", some.iterator());
            case List<?> value -> json(status, value);
            case java.util.Set<?> value -> json(status, value);
            case Iterable<?> some -> typed(status, "text/plain; charset=utf-8", some.iterator());
            default -> json(status, body);
        };
    }

    private static MadeAnswer json(int status, Object value) {
        return typed(status, "application/json", List.of(Json.text(value)).iterator());
    }

    private static MadeAnswer typed(int status, String type, Iterator<?> chunks) {
        return new MadeAnswer(status, List.of("content-type", type), chunks);
    }

    /** Return this answer with a header, which takes the place of one of that name. */
    MadeAnswer with(String name, String value) {
        List<String> others = new java.util.ArrayList<>();
        for (int i = 0; i + 1 < headers.size(); i += 2) {
            if (!headers.get(i).equalsIgnoreCase(name)) {
                others.add(headers.get(i));
                others.add(headers.get(i + 1));
            }
        }
        return new MadeAnswer(status, Headers.with(others, name, value), chunks);
    }

    @Override
    public String url() {
        return "";
    }

    @Override
    public boolean redirected() {
        return false;
    }

    @Override
    public CompletableFuture<Optional<byte[]>> next() {
        return CompletableFuture.completedFuture(chunk());
    }

    private Optional<byte[]> chunk() {
        while (chunks.hasNext()) {
            Object chunk = chunks.next();
            byte[] bytes =
                    chunk instanceof byte[] some ? some : String.valueOf(chunk).getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0) {
                return Optional.of(bytes);
            }
        }
        return Optional.empty();
    }

    @Override
    public CompletableFuture<byte[]> rest() {
        var all = new ByteArrayOutputStream();
        for (Optional<byte[]> chunk = chunk(); chunk.isPresent(); chunk = chunk()) {
            all.writeBytes(chunk.get());
        }
        return CompletableFuture.completedFuture(all.toByteArray());
    }

    @Override
    public void close() {}
}
