package pie.runtime.bridge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.inferlet.Timers;

/** Serve {@code http}. */
final class WebOps {
    private static final int MOST_REDIRECTS = 20;

    private final Bridge bridge;

    WebOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        bridge.start("http_fetch", "host", this::send, response -> response, Host.WebResponse::close);
        bridge.call("http_fetch_now", a -> waited(send(a), a, 5));
        bridge.call("http_info", a -> info(response(a)));
        bridge.start(
                "http_next",
                "host",
                a -> response(a).next(),
                piece -> piece.map(bridge.dialect()::bytes).orElseGet(bridge.dialect()::absent));
        bridge.start("http_rest", "host", a -> response(a).rest(), bridge.dialect()::bytes);
        bridge.call(
                "http_rest_now", a -> bridge.dialect().bytes(waited(response(a).rest(), a, 1)));
        bridge.run("http_close", a -> response(a).close());
    }

    /** Send method, url, header names and values in turn, body, most redirects. */
    private CompletableFuture<Host.WebResponse> send(Args a) {
        bridge.host().checkLive();
        Optional<byte[]> body = a.has(3) ? Optional.of(a.blob(3, "body")) : Optional.empty();
        int redirects = a.integer(4, "redirects");
        if (redirects < -1 || redirects > MOST_REDIRECTS) {
            throw PieException.invalid("redirects must be in -1.." + MOST_REDIRECTS + ", got " + redirects);
        }
        String method = a.text(0, "method");
        if (!method.matches("[A-Za-z]{1,20}")) {
            throw PieException.invalid("method must be a word such as GET, got '" + method + "'");
        }
        return bridge.host().web().send(new Host.WebRequest(method, a.text(1, "url"), headers(a), body, redirects));
    }

    /** Return argument 2, names and values in turn. @throws PieException INVALID_ARGUMENT for what no header may hold */
    static List<String> headers(Args a) {
        var flat = new ArrayList<String>();
        List<String> given = a.texts(2, "headers");
        for (int i = 0; i + 1 < given.size(); i += 2) {
            String name = given.get(i);
            String value = given.get(i + 1);
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
                    || value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                throw PieException.invalid("header '" + name + "' cannot be sent");
            }
            flat.add(name);
            flat.add(value);
        }
        return flat;
    }

    /** Wait here, at most as long as argument {@code i} says. */
    private <T> T waited(CompletableFuture<T> future, Args a, int i) {
        CompletableFuture<T> limited = a.has(i)
                ? Timers.timeoutAsync(future, Duration.ofNanos((long) (a.number(i, "timeout") * 1e9)))
                : future;
        return bridge.host().await(limited, "host");
    }

    /** Return status, url, whether it was redirected, and header names and values in turn. */
    private @Nullable Object info(Host.WebResponse response) {
        var all = new ArrayList<Object>(List.of(response.status(), response.url(), response.redirected()));
        all.addAll(response.headers());
        return bridge.dialect().list(all);
    }

    private static Host.WebResponse response(Args a) {
        return a.handle(0, Host.WebResponse.class);
    }
}
