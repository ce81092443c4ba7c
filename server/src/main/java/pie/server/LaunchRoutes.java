package pie.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.process.InferletProcess;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Launch programs: one by one as a stream, waiting or detached, or many at once. */
final class LaunchRoutes {
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName IDEMPOTENT_REPLAY = HeaderNames.create("Idempotent-Replay");
    /** Query parameters that go with a source text as body. */
    private static final List<String> OF_A_SOURCE = List.of(
            "language", "file", "entry", "input", "model", "seed", "detach", "capture", "record", "profile", "label");

    private final Service service;
    private final Processes processes;
    private final EventRoutes events;

    LaunchRoutes(Service service, Processes processes, EventRoutes events) {
        this.service = service;
        this.processes = processes;
        this.events = events;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                        "/v1/processes",
                        this::launch,
                        Stream.concat(Stream.of("wait"), OF_A_SOURCE.stream()).toArray(String[]::new)),
                Route.post("/v1/processes/batch", this::batch));
    }

    private void launch(Exchange exchange) {
        byte[] body = exchange.body(service.limits().httpBody(), "the body");
        Optional<Duration> wait = exchange.waitTime();
        boolean stream = Accept.events(exchange);
        if (stream) {
            service.streams().checkRoom();
        }
        var reading = new AtomicReference<EventLog.@Nullable Watcher>();
        Consumer<InferletProcess> prepare =
                stream ? made -> reading.set(made.log().watch(0, true)) : made -> {};
        Replays.Launched launched = service.replays()
                .launch(
                        exchange.owner(),
                        exchange.header(IDEMPOTENCY_KEY),
                        () -> Replays.digest(exchange.rawTarget(), exchange.mediaType(), body),
                        () -> start(read(exchange, body), stream || wait.isPresent(), prepare)
                                .id());
        InferletProcess process = service.launcher()
                .find(launched.process())
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "process " + launched.process() + " of this Idempotency-Key is no longer kept",
                        Map.of("kind", "process")));
        exchange.header(Exchange.PROCESS_ID, process.id().toString());
        if (launched.replay()) {
            exchange.header(IDEMPOTENT_REPLAY, "true");
        }
        if (stream) {
            EventLog.Watcher first = reading.get();
            events.launched(exchange, process, first == null ? process.log().watch(0, true) : first);
        } else if (wait.isPresent()) {
            awaitResult(exchange, process, wait.get());
        } else {
            processes.accepted(exchange, process);
        }
    }

    private LaunchBody.Launch read(Exchange exchange, byte[] body) {
        Optional<Language> source = SourceBody.language(exchange.mediaType());
        if (source.isPresent()) {
            return new SourceBody(exchange, service.limits(), service.programs()).read(source.get(), body);
        }
        exchange.checkJsonType();
        for (String name : OF_A_SOURCE) {
            if (exchange.query(name).isPresent()) {
                throw PieException.invalid("query parameter \"" + name
                        + "\" goes with a source text as body; put it into the JSON body instead");
            }
        }
        return new LaunchBody(service.limits(), exchange.owner(), service.programs()).read(launch(exchange, body));
    }

    /** Source text that is sent as anything else is no JSON: then the types are named that would have told. */
    private JsonNode launch(Exchange exchange, byte[] body) {
        try {
            return service.json().parse(body, "the body");
        } catch (PieException e) {
            if (body.length == 0 || exchange.mediaType().equals("application/json")) {
                throw e;
            }
            throw new PieException(
                    e.code(),
                    e.message() + "; source text has the Content-Type text/x-python, text/javascript,"
                            + " application/typescript or text/x-java-source",
                    e.details(),
                    e);
        }
    }

    /** @param attached whether the process lives only as long as a client listens, unless it is detached */
    private InferletProcess start(LaunchBody.Launch launch, boolean attached, Consumer<InferletProcess> prepare) {
        service.checkLaunching();
        LaunchRequest request = launch.record() ? launch.request().recordedIn(service.recordings()) : launch.request();
        InferletProcess process = service.launcher().launch(request, prepare);
        if (attached && !launch.detach()) {
            service.tethers().tie(process);
        }
        return process;
    }

    private void awaitResult(Exchange exchange, InferletProcess process, Duration wait) {
        service.tethers().hold(process);
        boolean answered = false;
        try {
            boolean left = Waits.endedOrGone(process, wait, exchange);
            var outcome = ProcessJson.ended(process);
            if (outcome.isPresent()) {
                exchange.json(200, ProcessJson.result(process, outcome.get()));
                answered = true;
            } else if (!left) {
                service.tethers().untie(process.id());
                processes.accepted(exchange, process);
                answered = true;
            }
        } finally {
            service.tethers().release(process);
        }
        if (!answered) {
            throw new ClientGone();
        }
    }

    private void batch(Exchange exchange) {
        exchange.checkJsonType();
        JsonNode body = service.json().parse(exchange.body(service.limits().httpBody(), "the body"), "the body");
        var problems = new Problems();
        if (!(body instanceof ObjectNode object)) {
            throw PieException.invalid("a batch must be a JSON object with \"items\", got " + LaunchBody.kind(body));
        }
        problems.unknown("", object, java.util.Set.of("items"));
        JsonNode items = object.path("items");
        if (!items.isArray()
                || items.isEmpty()
                || items.size() > service.limits().batch()) {
            problems.add("/items", "must be a list of 1 to " + service.limits().batch() + " launches");
        }
        problems.check("batch");
        service.checkLaunching();
        ObjectNode answer = Json.object();
        ArrayNode answers = answer.putArray("items");
        for (JsonNode item : items) {
            answers.add(launched(exchange, item));
        }
        exchange.json(200, answer);
    }

    private ObjectNode launched(Exchange exchange, JsonNode item) {
        ObjectNode json = Json.object();
        try {
            var launch = new LaunchBody(service.limits(), exchange.owner(), service.programs()).read(item);
            InferletProcess process = start(launch, false, made -> {});
            json.put("status", 202);
            json.set("process", processes.json(process));
        } catch (PieException e) {
            json.put("status", ErrorBody.status(e));
            json.set("error", ErrorBody.inner(e.code(), e.message(), e.details()));
        }
        return json;
    }
}
