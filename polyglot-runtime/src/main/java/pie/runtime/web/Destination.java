package pie.runtime.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Where a request goes.
 *
 * @param host in lower case, an IPv6 address in brackets
 */
record Destination(URI uri, String scheme, String host, int port) {
    /** @throws PieException INVALID_ARGUMENT for what is no http or https address */
    static Destination of(String url) {
        try {
            return of(new URI(url.strip()));
        } catch (URISyntaxException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT, "url '" + url + "' cannot be read: " + e.getMessage(), Map.of(), e);
        }
    }

    private static Destination of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        @Nullable String host = uri.getHost();
        if (!scheme.equals("http") && !scheme.equals("https") || host == null || host.isEmpty()) {
            throw PieException.invalid("url must read http://host/… or https://host/…, got '" + uri + "'");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Destination(uri, scheme, host.toLowerCase(Locale.ROOT), port);
    }

    /** Return where an answer redirects to. */
    Destination resolve(String location) {
        try {
            return of(uri.resolve(new URI(location.strip())));
        } catch (URISyntaxException | PieException e) {
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    "the answer of " + host + " redirects to '" + location + "', which is no address",
                    Map.of("peer", host),
                    e);
        }
    }

    boolean sameOrigin(Destination other) {
        return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
    }

    /** Return the host as a resolver takes it. */
    String name() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
