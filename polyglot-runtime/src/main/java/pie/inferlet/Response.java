package pie.inferlet;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Hold an answer: one to {@link Http#fetch}, whose body is read once, whole or piece by piece, or one that {@code handle} makes with
 * {@link #of}.
 */
public final class Response implements AutoCloseable {
    private final Host host;
    private final Host.WebResponse answer;

    Response(Host host, Host.WebResponse answer) {
        this.host = host;
        this.answer = answer;
    }

    /** Answer a request with 200. */
    public static Response of(@Nullable Object body) {
        return of(body, 200);
    }

    /**
     * Answer a request.
     *
     * @param body text, bytes, or an iterator, iterable or stream of such chunks, each sent at once; any other value, lists, sets and
     *     maps too, is sent as JSON; null for none
     * @throws pie.engine.PieException INVALID_ARGUMENT for a status outside of 200..599
     */
    public static Response of(@Nullable Object body, int status) {
        return new Response(Host.current(), MadeAnswer.of(body, status));
    }

    /**
     * Return this answer with a header more, which takes the place of one of that name.
     *
     * @throws pie.engine.PieException INVALID_ARGUMENT for what no header may hold, and for an answer of another host
     */
    public Response header(String name, String value) {
        if (!(answer instanceof MadeAnswer made)) {
            throw pie.engine.PieException.invalid("Response.header: this is the answer of " + url());
        }
        return new Response(host, made.with(name, value));
    }

    List<String> flatHeaders() {
        return answer.headers();
    }

    public int status() {
        return answer.status();
    }

    /** Say whether the status is 2xx. */
    public boolean ok() {
        return status() / 100 == 2;
    }

    /** Return where the answer comes from, after redirects. */
    public String url() {
        return answer.url();
    }

    /** Return the headers by name in lower case; of one that comes several times the values are joined by a comma. */
    public Map<String, String> headers() {
        return Headers.map(answer.headers());
    }

    public byte[] bytes() {
        return host.await(bytesAsync(), "host");
    }

    public CompletableFuture<byte[]> bytesAsync() {
        host.checkLive();
        return host.begun(answer.rest(), "host");
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public CompletableFuture<String> textAsync() {
        return Futures.map(bytesAsync(), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Return the body as {@code Map List String Number Boolean null}. @throws pie.engine.PieException UPSTREAM_FAILURE */
    public @Nullable Object json() {
        return Json.answer(text(), url());
    }

    public CompletableFuture<@Nullable Object> jsonAsync() {
        return Futures.map(textAsync(), text -> Json.answer(text, url()));
    }

    /** Return the next piece of the body, absent at its end. */
    public Optional<byte[]> next() {
        return host.await(nextAsync(), "host");
    }

    public CompletableFuture<Optional<byte[]>> nextAsync() {
        host.checkLive();
        return host.begun(answer.next(), "host");
    }

    @Override
    public void close() {
        answer.close();
    }
}
