package pie.cli.command;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pie.cli.PieHome;
import pie.cli.client.PieClient;
import pie.engine.PieException;

/** Take the options that name a server; without them the local one is found by what it left under {@code $PIE_HOME/run}. */
final class ServerOptions {
    private static final URI DEFAULT = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--url",
            order = 90,
            paramLabel = "URL",
            description = "Server to talk to. Default: PIE_URL, else the local one.")
    private @Nullable String url;

    @Option(
            names = "--token",
            order = 91,
            paramLabel = "TOKEN",
            description = "Token to show it. Default: PIE_TOKEN, else the local one's.")
    private @Nullable String token;

    PieClient client() {
        return client(url, token);
    }

    static PieClient client(@Nullable String url, @Nullable String token) {
        String address = first(url, System.getenv("PIE_URL"));
        boolean local = address.isEmpty();
        URI uri = local ? PieHome.server().map(PieHome.LocalServer::url).orElse(DEFAULT) : parse(address);
        String shown = first(token, System.getenv("PIE_TOKEN"));
        // The internal token is never sent to a server that was named.
        Optional<String> bearer = shown.isEmpty() && local ? PieHome.internalToken() : Optional.of(shown);
        return new PieClient(uri, bearer.filter(t -> !t.isEmpty()));
    }

    private static URI parse(String text) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() == null) {
                throw PieException.invalid("--url '" + text + "' names no host");
            }
            if (!uri.getScheme().equalsIgnoreCase("http") && !uri.getScheme().equalsIgnoreCase("https")) {
                throw PieException.invalid("--url '" + text + "' is no URL of HTTP: http://HOST:PORT");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw PieException.invalid("--url '" + text + "' is no URL: " + e.getMessage());
        }
    }

    private static String first(@Nullable String one, @Nullable String other) {
        return one != null ? one : other != null ? other : "";
    }
}
