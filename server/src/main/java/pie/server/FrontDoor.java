package pie.server;

import io.helidon.http.HeaderNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Admit requests: Host and Origin on every one (a page of another site must not reach a server on loopback, by whatever name), the
 * token where one is needed.
 */
final class FrontDoor {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Set<String> hosts;
    private final Set<String> origins;
    private final boolean tokenNeeded;
    private final byte[] token;

    FrontDoor(ServerConfig config, boolean tokenNeeded, String token) {
        this.hosts = lower(config.hosts(), config.host());
        this.origins = lower(config.origins(), "");
        this.tokenNeeded = tokenNeeded;
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    private static Set<String> lower(List<String> names, String more) {
        var all = new java.util.HashSet<String>();
        names.forEach(n -> all.add(n.toLowerCase(Locale.ROOT)));
        all.add(more.toLowerCase(Locale.ROOT));
        return Set.copyOf(all);
    }

    static String requestId(Optional<String> given) {
        return given.filter(id -> REQUEST_ID.matcher(id).matches()).orElseGet(DirectErrors::newRequestId);
    }

    /** @throws PieException PERMISSION_DENIED for a Host or Origin that is not admitted */
    void checkSource(Exchange exchange) {
        String host = exchange.header(HeaderNames.HOST).orElse("");
        if (!hostAdmitted(nameOf(host))) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    "Host \"" + host + "\" is not served here; pie serve --host-name NAME admits it",
                    Map.of("header", "Host"));
        }
        Optional<String> origin = exchange.header(HeaderNames.ORIGIN);
        if (origin.isEmpty()) {
            return;
        }
        if (!sameAuthority(origin.get(), host) && !crossOrigin(origin.get())) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    "Origin \"" + origin.get() + "\" is not admitted; pie serve --origin ORIGIN admits it",
                    Map.of("header", "Origin"));
        }
        if (crossOrigin(origin.get())) {
            exchange.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin.get());
            exchange.header(HeaderNames.VARY, "Origin");
            exchange.header(
                    HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "X-Request-Id, X-Pie-Process-Id, Location, Retry-After");
        }
    }

    private boolean crossOrigin(String origin) {
        return origins.contains(origin.toLowerCase(Locale.ROOT));
    }

    /** Say whether a request from this origin for this host gets in. */
    boolean admits(String host, Optional<String> origin) {
        return hostAdmitted(nameOf(host))
                && origin.map(o -> sameAuthority(o, host) || crossOrigin(o)).orElse(true);
    }

    boolean tokenNeeded() {
        return tokenNeeded;
    }

    /** Say whether an Authorization header gets in; any does where no token is needed. */
    boolean tokenFits(Optional<String> authorization) {
        String given = authorization.orElse("");
        byte[] offered = (bearer(given) ? given.substring(7).strip() : "").getBytes(StandardCharsets.UTF_8);
        return !tokenNeeded || MessageDigest.isEqual(token, offered);
    }

    private static boolean bearer(String authorization) {
        return authorization.regionMatches(true, 0, "Bearer ", 0, 7);
    }

    /** @throws PieException UNAUTHENTICATED without the right token */
    void checkToken(Exchange exchange) {
        Optional<String> given = exchange.header(HeaderNames.AUTHORIZATION);
        if (!tokenFits(given)) {
            throw new PieException(
                    ErrorCode.UNAUTHENTICATED,
                    bearer(given.orElse(""))
                            ? "the bearer token is not valid; it changes with every start of the server"
                            : "send Authorization: Bearer with the token of run/internal.token in the server's pie home");
        }
    }

    private boolean hostAdmitted(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.startsWith("[")
                || IPV4.matcher(name).matches()
                || hosts.contains(name);
    }

    /** Return the name of a Host header, without port, in lower case; IPv6 literals keep their brackets. */
    static String nameOf(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        int colon = lower.lastIndexOf(':');
        return colon > lower.lastIndexOf(']') ? lower.substring(0, colon) : lower;
    }

    private static boolean sameAuthority(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
