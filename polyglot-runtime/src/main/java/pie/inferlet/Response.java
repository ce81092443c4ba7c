package pie.inferlet;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Read an answer to {@link Http#fetch}: its body once, whole or piece by piece. */
public final class Response implements AutoCloseable {
    private final Host host;
    private final Host.WebResponse answer;

    Response(Host host, Host.WebResponse answer) {
        this.host = host;
        this.answer = answer;
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
        var all = new LinkedHashMap<String, String>();
        List<String> flat = answer.headers();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            all.merge(flat.get(i), flat.get(i + 1), (a, b) -> a + ", " + b);
        }
        return all;
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
