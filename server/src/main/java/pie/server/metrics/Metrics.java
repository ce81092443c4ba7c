package pie.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import pie.engine.ErrorCode;
import pie.engine.process.InferletProcess;

/** Hold the metrics of one server, and write them as text. */
public final class Metrics {
    /** Carry the text and its media type. */
    public record Page(String contentType, byte[] body) {}

    private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300};
    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final RequestMetrics requests;
    private final Counter http;
    private final Histogram httpSeconds;
    private final Counter errors;

    /**
     * @param engines asked each time somebody looks
     * @param processes live and recently ended ones
     */
    public Metrics(
            Supplier<List<EngineSource>> engines,
            Supplier<List<InferletProcess>> processes,
            IntSupplier streams,
            Instant started,
            String version) {
        new EngineMetrics(registry, engines).register();
        requests = new RequestMetrics(registry, processes);
        http = Counter.builder()
                .name("pie_http_requests")
                .help("Answered HTTP requests.")
                .labelNames("route", "method", "status")
                .register(registry);
        httpSeconds = Histogram.builder()
                .name("pie_http_request_seconds")
                .help("Time to answer, streams to their end.")
                .labelNames("route", "method")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        errors = Counter.builder()
                .name("pie_errors")
                .help("Answers and outcomes that were errors.")
                .labelNames("code", "category")
                .register(registry);
        GaugeWithCallback.builder()
                .name("pie_sse_streams")
                .help("Open event streams and WebSockets.")
                .callback(c -> c.call(streams.getAsInt()))
                .register(registry);
        Gauge.builder()
                .name("pie_build_info")
                .help("This build; always 1.")
                .labelNames("version")
                .register(registry)
                .labelValues(version)
                .set(1);
        Gauge.builder()
                .name("pie_start_time_seconds")
                .help("When the server started, seconds since 1970.")
                .register(registry)
                .set(started.toEpochMilli() / 1e3);
    }

    public RequestMetrics requests() {
        return requests;
    }

    public void http(String route, String method, int status, long nanos) {
        http.labelValues(route, method, String.valueOf(status)).inc();
        httpSeconds.labelValues(route, method).observe(nanos / NANOS);
    }

    public void error(ErrorCode code) {
        errors.labelValues(
                        code.name().toLowerCase(Locale.ROOT),
                        code.category().name().toLowerCase(Locale.ROOT))
                .inc();
    }

    /** Write all in the form that an Accept header asks for: Prometheus text, or OpenMetrics. */
    public Page page(String accept) {
        ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(accept);
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Page(writer.getContentType(), out.toByteArray());
    }
}
