package pie.runtime.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.util.Timeout;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.NetworkRule;

/** Hold the connections of all programs, to public addresses and those that the operator names. */
public final class WebClient implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 1024;
    private static final int MOST_TO_A_HOST = 256;

    private final CloseableHttpClient client;
    private final NetworkRule privateHosts;

    /** @param privateHosts hosts whose addresses need not be public */
    public WebClient(NetworkRule privateHosts, WebLimits limits) {
        this.privateHosts = privateHosts;
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new Resolver())
                .setMaxConnTotal(MOST_CONNECTIONS)
                .setMaxConnPerRoute(MOST_TO_A_HOST)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(limits.connect()))
                        .setSocketTimeout(Timeout.of(limits.idle()))
                        .build())
                .build();
        client = HttpClients.custom()
                .setConnectionManager(connections)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .setUserAgent("pie-inferlet")
                .build();
    }

    /** Send a request to a host that was checked; the answer must be closed. */
    ClassicHttpResponse open(HttpUriRequestBase request) throws IOException {
        return client.executeOpen(null, request, null);
    }

    /** @throws PieException PERMISSION_DENIED if the name leads to an address that is not public */
    void check(Destination to) throws UnknownHostException {
        if (!privateHosts.allows(to.host(), to.port())) {
            checkPublic(to.host(), InetAddress.getAllByName(to.name()));
        }
    }

    private static void checkPublic(String host, InetAddress[] addresses) {
        for (InetAddress address : addresses) {
            if (!PublicAddress.is(address)) {
                throw refused(host);
            }
        }
    }

    private static PieException refused(String host) {
        return new PieException(
                ErrorCode.PERMISSION_DENIED,
                "host '" + host + "' leads to an address that is not public; the operator can allow it by name",
                Map.of("host", host));
    }

    /** Look again at each connection: a name may lead elsewhere by now. */
    private final class Resolver implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] found = InetAddress.getAllByName(host);
            if (!privateHosts.names(host)) {
                checkPublic(host, found);
            }
            return found;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new PieException(ErrorCode.INTERNAL, "the HTTP client did not close: " + e, Map.of(), e);
        }
    }
}
