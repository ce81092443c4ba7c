package pie.inferlet;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Shape a request: {@code FetchOptions.of().method("POST").json(value)}. */
public final class FetchOptions {
    private static final int REDIRECTS = 8;

    private String method = "GET";
    private List<String> headers = List.of();
    private byte @Nullable [] body;
    private int redirects = REDIRECTS;

    private FetchOptions() {}

    public static FetchOptions of() {
        return new FetchOptions();
    }

    public FetchOptions method(String name) {
        if (!name.matches("[A-Za-z]{1,20}")) {
            throw PieException.invalid("method must be a word such as GET, got '" + name + "'");
        }
        method = name.toUpperCase(Locale.ROOT);
        return this;
    }

    public FetchOptions header(String name, String value) {
        headers = Headers.with(headers, name, value);
        return this;
    }

    public FetchOptions body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    public FetchOptions body(byte[] bytes) {
        body = bytes.clone();
        return this;
    }

    /** Send a value as JSON. */
    public FetchOptions json(@Nullable Object value) {
        return header("Content-Type", "application/json").body(Json.text(value));
    }

    /** Follow at most so many redirects; 0: one fails the request, -1: it is the answer. */
    public FetchOptions redirects(int most) {
        if (most < -1 || most > 20) {
            throw PieException.invalid("redirects must be in -1..20, got " + most);
        }
        redirects = most;
        return this;
    }

    Host.WebRequest request(String url) {
        byte[] content = body;
        return new Host.WebRequest(
                method,
                url,
                List.copyOf(headers),
                content == null ? Optional.empty() : Optional.of(content.clone()),
                redirects);
    }
}
