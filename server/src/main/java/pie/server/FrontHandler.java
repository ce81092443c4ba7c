package pie.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.server.trace.Span;
import pie.server.trace.TraceContext;

/** Take every request: admit it, find its route, run it, and turn whatever goes wrong into an error body. */
final class FrontHandler implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(FrontHandler.class);
    private static final HeaderName TRACE_PARENT = HeaderNames.create("traceparent");

    private final Service service;
    private final FrontDoor door;
    private final Router router;

    FrontHandler(Service service, FrontDoor door) {
        this.service = service;
        this.door = door;
        this.router = new Router(routes(service));
    }

    static List<Route> routes(Service service) {
        var processes = new Processes(service);
        var events = new EventRoutes(service, processes);
        var all = new ArrayList<Route>();
        all.addAll(new LaunchRoutes(service, processes, events).routes());
        all.add(new ListRoute(service, processes).route());
        all.addAll(new ProcessRoutes(service, processes).routes());
        all.addAll(new FileRoutes(processes).routes());
        all.addAll(events.routes());
        all.addAll(new ProgramRoutes(service).routes());
        all.addAll(new AppRoutes(service).routes());
        all.addAll(new OpenAiRoutes(service).routes());
        all.addAll(new WsRoutes(service).routes());
        all.addAll(new ModelRoutes(service).routes());
        all.addAll(new SnapshotRoutes(service).routes());
        all.addAll(new ObserveRoutes(service).routes());
        all.add(new MetricsRoute(service).route());
        return all;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        long from = System.nanoTime();
        Optional<String> given = request.headers().contains(Exchange.REQUEST_ID)
                ? Optional.of(request.headers().get(Exchange.REQUEST_ID).get())
                : Optional.empty();
        var exchange = new Exchange(request, response, FrontDoor.requestId(given), service.limits());
        try {
            traced(exchange, response);
        } finally {
            if (ClientConnection.CURRENT.isBound()) {
                ClientConnection connection = ClientConnection.CURRENT.get();
                if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
                    connection.closeAfterRequest();
                }
                connection.requestComplete();
            }
            service.metrics()
                    .http(exchange.route(), exchange.method(), response.status().code(), System.nanoTime() - from);
            LOG.debug(
                    "{} {} {} {} us request_id={}",
                    exchange.method(),
                    exchange.rawPath(),
                    response.status().code(),
                    (System.nanoTime() - from) / 1000,
                    exchange.requestId());
        }
    }

    private void traced(Exchange exchange, ServerResponse response) {
        if (!service.spans().on()) {
            answer(exchange);
            return;
        }
        Instant begun = Instant.now();
        long from = System.nanoTime();
        TraceContext caller = TraceContext.of(exchange.header(TRACE_PARENT));
        String span = Span.newId();
        try {
            ScopedValue.where(TraceContext.CURRENT, caller.within(span)).run(() -> answer(exchange));
        } finally {
            service.spans()
                    .request(
                            caller,
                            span,
                            exchange.route(),
                            exchange.method(),
                            response.status().code(),
                            begun,
                            System.nanoTime() - from);
        }
    }

    private void answer(Exchange exchange) {
        try {
            route(exchange);
        } catch (CloseConnectionException e) {
            throw new ClientGone(e);
        } catch (PieException e) {
            fail(exchange, e);
        } catch (RequestException e) {
            fail(
                    exchange,
                    new PieException(
                            ErrorCode.BAD_REQUEST, "the request body cannot be read: " + e.getMessage(), Map.of(), e));
        } catch (Exception e) {
            LOG.error("request {} failed", exchange.requestId(), e);
            fail(
                    exchange,
                    new PieException(
                            ErrorCode.INTERNAL,
                            "an error inside the server; its log has request " + exchange.requestId()));
        }
    }

    private void fail(Exchange exchange, PieException e) {
        service.metrics().error(e.code());
        if (exchange.sent()) {
            throw new ClientGone(e);
        }
        exchange.error(e);
    }

    private void route(Exchange exchange) throws Exception {
        door.checkSource(exchange);
        String path = decoded(exchange.rawPath());
        if (path.startsWith(AppGate.PREFIX)) {
            exchange.bind(AppGate.ROUTE, Map.of());
            AppGate.pass(service, exchange, exchange.rawPath(), door);
            return;
        }
        if (exchange.method().equals("OPTIONS")) {
            preflight(exchange);
            return;
        }
        Router.Match match = router.match(exchange.method(), path);
        exchange.bind(match.route(), match.path());
        if (!match.route().open()) {
            door.checkToken(exchange);
        }
        exchange.checkQuery(match.route());
        match.route().handler().handle(exchange);
    }

    private static void preflight(Exchange exchange) {
        exchange.header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, DELETE");
        exchange.header(
                HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
                "Authorization, Content-Type, Accept, Idempotency-Key, Last-Event-ID, X-Request-Id");
        exchange.header(HeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
        exchange.noContent();
    }

    private static String decoded(String raw) {
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new PieException(ErrorCode.BAD_REQUEST, "the path has a broken percent escape: " + raw, Map.of(), e);
        }
    }
}
