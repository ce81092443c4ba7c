package pie.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Know what was built. */
public final class Version {
    private static final Properties BUILD = load();

    private Version() {}

    private static Properties load() {
        var properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the jar");
            }
            properties.load(in);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Return the product's version, e.g. {@code 0.1.0}. */
    public static String number() {
        return BUILD.getProperty("version", "");
    }
}
