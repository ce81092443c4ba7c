package pie.cli.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Trust, beside the JDK's authorities, those of the bundle that pip and curl are told to trust. */
final class Certificates {
    private static final String[] VARIABLES = {"PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"};

    private Certificates() {}

    /** Return a context, empty if no bundle is set. */
    static Optional<SSLContext> of(Environment environment) {
        return environment
                .first(VARIABLES)
                .map(Path::of)
                .filter(Files::isRegularFile)
                .map(Certificates::context);
    }

    private static SSLContext context(Path bundle) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate trusted : authorities(null)) {
                store.setCertificateEntry("jdk-" + count++, trusted);
            }
            try (InputStream in = Files.newInputStream(bundle)) {
                for (Certificate trusted :
                        CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    store.setCertificateEntry("bundle-" + count++, trusted);
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(store), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the certificate bundle " + bundle + " cannot be used: " + e.getMessage()
                            + "; correct PIP_CERT or SSL_CERT_FILE",
                    Map.of("path", bundle.toString()),
                    e);
        }
    }

    private static X509Certificate[] authorities(@Nullable KeyStore store) throws GeneralSecurityException {
        for (TrustManager manager : managers(store)) {
            if (manager instanceof X509TrustManager trust) {
                return trust.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
