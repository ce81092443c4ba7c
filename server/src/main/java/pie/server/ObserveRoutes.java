package pie.server;

import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answer health probes, and say what this server is and what it is doing. */
final class ObserveRoutes {
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
    private static final Duration INTERVAL_MIN = Duration.ofMillis(250);

    private final Service service;
    private final StatsJson stats;

    ObserveRoutes(Service service) {
        this.service = service;
        this.stats = new StatsJson(service);
    }

    List<Route> routes() {
        return List.of(
                Route.get("/health/live", this::live).asOpen(),
                Route.get("/health/ready", this::ready).asOpen(),
                Route.get("/health/startup", this::startup).asOpen(),
                Route.get("/openapi.json", ObserveRoutes::openapi).asOpen(),
                Route.get("/v1/info", this::info),
                Route.get("/v1/stats", x -> x.json(200, stats.snapshot(x.owner()))),
                Route.get("/v1/stats/history", this::history, "seconds"),
                Route.get("/v1/stats/stream", this::stream, "interval"));
    }

    private void live(Exchange exchange) {
        if (service.state() == Service.State.FAILED) {
            health(exchange, false, "instance", "the instance failed to start");
            return;
        }
        Optional<EnginePulse> silent = service.pulses().stream()
                .filter(p -> p.silence().compareTo(SILENCE_MAX) > 0)
                .findFirst();
        health(
                exchange,
                silent.isEmpty(),
                "engine",
                silent.map(p -> "the engine of " + p.model() + " has not answered for "
                                + p.silence().toSeconds() + " s")
                        .orElse(""));
    }

    private void ready(Exchange exchange) {
        Service.State state = service.state();
        String reason = switch (state) {
            case STARTING -> "the model is still being loaded";
            case DRAINING -> "the server is stopping";
            case FAILED -> "the instance failed to start";
            case READY -> "";
        };
        health(exchange, state == Service.State.READY, "instance", reason);
    }

    private void startup(Exchange exchange) {
        health(exchange, service.up().isPresent(), "instance", "the model is still being loaded");
    }

    private static void health(Exchange exchange, boolean up, String check, String reason) {
        ObjectNode json = Json.object();
        json.put("status", up ? "UP" : "DOWN");
        ArrayNode checks = json.putArray("checks");
        ObjectNode one = checks.addObject();
        one.put("name", check);
        one.put("status", up ? "UP" : "DOWN");
        if (!up) {
            one.put("reason", reason);
        }
        exchange.json(up ? 200 : 503, json);
    }

    private static void openapi(Exchange exchange) throws IOException {
        try (InputStream in = ObserveRoutes.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IOException("openapi.json is missing from the jar");
            }
            exchange.send(200, Exchange.JSON, in.readAllBytes());
        }
    }

    private void info(Exchange exchange) {
        ObjectNode json = Json.object();
        json.put("name", "pie");
        json.put("version", Version.number());
        json.put("api", "v1");
        json.put("state", service.state().name().toLowerCase(java.util.Locale.ROOT));
        json.put("started", EventJson.time(service.started()));
        json.put("uptime_s", stats.uptime());
        json.put("java", Runtime.version().toString());
        ArrayNode features = json.putArray("features");
        for (String f :
                List.of("processes", "events", "messages", "batch", "idempotency", "models", "snapshots", "stats")) {
            features.add(f);
        }
        ArrayNode models = json.putArray("models");
        ArrayNode languages = json.putArray("languages");
        ObjectNode limits = json.putObject("limits");
        for (ServerLimits.Row row : service.limits().rows()) {
            limits.set(row.key(), Json.tree(row.value()));
        }
        service.up().ifPresent(up -> {
            up.engines().forEach(e -> models.add(e.model().name()));
            up.limits().languages().stream().sorted().forEach(l -> languages.add(l.word()));
            RuntimeLimits.rows(up.limits()).forEach(row -> limits.set(row.key(), Json.tree(row.value())));
        });
        exchange.json(200, json);
    }

    private void history(Exchange exchange) {
        long seconds = exchange.number("seconds", 1, History.SECONDS).orElse((long) History.SECONDS);
        exchange.json(200, stats.history((int) seconds));
    }

    private void stream(Exchange exchange) {
        Duration interval = exchange.duration("interval").orElse(Duration.ofSeconds(1));
        if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(Duration.ofHours(1)) > 0) {
            throw PieException.invalid("query parameter \"interval\" must be from 250ms to 1h");
        }
        var ended = new CountDownLatch(1);
        try (Streams.Place place = service.streams().enter(ended::countDown)) {
            Optional<EventStream> stream = EventStream.open(exchange);
            if (stream.isPresent()) {
                stream.get().gone().thenRun(ended::countDown);
                run(stream.get(), exchange.owner(), interval, ended, place);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientGone(e);
        } catch (UncheckedIOException | ServerConnectionException e) {
            throw new ClientGone(e);
        }
    }

    private void run(EventStream out, OwnerId reader, Duration interval, CountDownLatch ended, Streams.Place place)
            throws InterruptedException {
        do {
            out.control("stats", stats.snapshot(reader));
        } while (!place.ended() && !ended.await(interval.toNanos(), TimeUnit.NANOSECONDS));
        if (out.gone().isDone()) {
            throw new ClientGone();
        }
        ObjectNode end = Json.object();
        end.put("reason", "shutdown");
        out.control("end", end);
        out.close();
    }
}
