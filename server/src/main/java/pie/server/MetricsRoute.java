package pie.server;

import io.helidon.http.HeaderNames;
import pie.server.metrics.Metrics;

/** Show the metrics to Prometheus. */
final class MetricsRoute {
    private final Service service;

    MetricsRoute(Service service) {
        this.service = service;
    }

    Route route() {
        return Route.get("/metrics", this::metrics);
    }

    private void metrics(Exchange exchange) {
        Metrics.Page page =
                service.metrics().page(exchange.header(HeaderNames.ACCEPT).orElse(""));
        exchange.send(200, page.contentType(), page.body());
    }
}
