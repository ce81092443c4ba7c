package pie.cli.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Send HTTP requests as this machine's environment asks: proxies ({@code HTTPS_PROXY …}), certificates, time-outs. */
final class Http {
    private final Environment environment;
    private @Nullable HttpClient client;

    Http(Environment environment) {
        this.environment = environment;
    }

    /** Send a GET; a user name in the address goes into a header, never into messages. */
    HttpResponse<InputStream> get(URI address, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(withoutUser(address)).timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        if (address.getRawUserInfo() != null) {
            request.header("Authorization", "Basic " + encoded(decoded(address.getRawUserInfo())));
        }
        try {
            return client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(30))
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .proxy(new EnvironmentProxies(environment));
            Certificates.of(environment).ifPresent(builder::sslContext);
            proxyUser().ifPresent(builder::authenticator);
            client = builder.build();
        }
        return client;
    }

    private Optional<Authenticator> proxyUser() {
        return environment
                .first("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
                .map(Http::proxyAddress)
                .map(URI::getRawUserInfo)
                .map(Http::decoded)
                .map(user -> {
                    // The JDK refuses Basic for tunnels unless told otherwise; whoever writes a password here wants it.
                    System.getProperties().putIfAbsent("jdk.http.auth.tunneling.disabledSchemes", "");
                    int colon = user.indexOf(':');
                    String name = colon < 0 ? user : user.substring(0, colon);
                    char[] password =
                            colon < 0 ? new char[0] : user.substring(colon + 1).toCharArray();
                    return new Authenticator() {
                        @Override
                        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                            return getRequestorType() == RequestorType.PROXY
                                    ? new PasswordAuthentication(name, password)
                                    : null;
                        }
                    };
                });
    }

    private static URI withoutUser(URI address) {
        return address.getRawUserInfo() == null
                ? address
                : URI.create(address.toString().replace(address.getRawUserInfo() + "@", ""));
    }

    private static String decoded(String userInfo) {
        return URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encoded(String userInfo) {
        return Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    private static URI proxyAddress(String value) {
        return URI.create(value.contains("://") ? value : "http://" + value);
    }

    /** Choose proxies by {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, else by the JVM's properties. */
    private static final class EnvironmentProxies extends ProxySelector {
        private final Environment environment;

        EnvironmentProxies(Environment environment) {
            this.environment = environment;
        }

        @Override
        public List<Proxy> select(URI address) {
            String scheme = address.getScheme().toLowerCase(Locale.ROOT);
            Optional<URI> proxy = environment
                    .first(scheme + "_proxy", scheme.toUpperCase(Locale.ROOT) + "_PROXY", "all_proxy", "ALL_PROXY")
                    .map(Http::proxyAddress);
            if (proxy.isEmpty()) {
                return ProxySelector.getDefault().select(address);
            }
            if (isDirect(address.getHost())) {
                return List.of(Proxy.NO_PROXY);
            }
            int port = proxy.get().getPort();
            return List.of(
                    new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.get().getHost(), port < 0 ? 80 : port)));
        }

        private boolean isDirect(String host) {
            for (String pattern :
                    environment.first("no_proxy", "NO_PROXY").orElse("").split(",")) {
                String suffix = pattern.strip();
                if (suffix.equals("*")) {
                    return true;
                }
                String bare = suffix.startsWith(".") ? suffix.substring(1) : suffix;
                if (!bare.isEmpty() && (host.equals(bare) || host.endsWith("." + bare))) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void connectFailed(URI address, SocketAddress proxy, IOException cause) {
            // The request fails with the same cause.
        }
    }
}
