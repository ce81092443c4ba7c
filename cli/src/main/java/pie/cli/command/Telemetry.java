package pie.cli.command;

import java.net.URI;
import java.util.Optional;
import pie.engine.PieException;

/** Find out whether traces go anywhere: by the variable that every program with OpenTelemetry reads. */
final class Telemetry {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private Telemetry() {}

    /** Return the collector, empty for none. @throws PieException INVALID_ARGUMENT for what is no URL */
    static Optional<URI> collector() {
        String given = System.getenv(ENDPOINT);
        if (given == null || given.isBlank()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(given.strip());
            if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw PieException.invalid(
                ENDPOINT + " must be an http URL such as http://127.0.0.1:4318, got \"" + given + "\"");
    }
}
