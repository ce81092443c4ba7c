package pie.inferlet;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Read a request to this program, which its {@code handle} is called with: its body once, whole or piece by piece. */
public final class Request {
    private final Host host;
    private final Host.Incoming incoming;

    Request(Host host, Host.Incoming incoming) {
        this.host = host;
        this.incoming = incoming;
    }

    /** Return the method in capitals. */
    public String method() {
        return incoming.method();
    }

    /** Return what comes after the program's own address, with a slash in front. */
    public String path() {
        return incoming.path();
    }

    /** Return the values of the query by name; of a name that comes several times, the last. */
    public Map<String, String> query() {
        var values = new LinkedHashMap<String, String>();
        for (String pair : incoming.query().split("&")) {
            int at = pair.indexOf('=');
            if (!pair.isEmpty()) {
                values.put(plain(at < 0 ? pair : pair.substring(0, at)), at < 0 ? "" : plain(pair.substring(at + 1)));
            }
        }
        return values;
    }

    private static String plain(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Return the headers by name in lower case; of one that comes several times the values are joined by a comma. */
    public Map<String, String> headers() {
        return Headers.map(incoming.headers());
    }

    public byte[] bytes() {
        return host.await(bytesAsync(), "host");
    }

    public CompletableFuture<byte[]> bytesAsync() {
        host.checkLive();
        return host.begun(incoming.rest(), "host");
    }

    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    public CompletableFuture<String> textAsync() {
        return Futures.map(bytesAsync(), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Return the body as {@code Map List String Number Boolean null}. @throws pie.engine.PieException INVALID_ARGUMENT */
    public @Nullable Object json() {
        return Json.request(text());
    }

    public CompletableFuture<@Nullable Object> jsonAsync() {
        return Futures.map(textAsync(), Json::request);
    }

    /** Return the next piece of the body, absent at its end. */
    public Optional<byte[]> next() {
        return host.await(nextAsync(), "host");
    }

    public CompletableFuture<Optional<byte[]>> nextAsync() {
        host.checkLive();
        return host.begun(incoming.next(), "host");
    }
}
