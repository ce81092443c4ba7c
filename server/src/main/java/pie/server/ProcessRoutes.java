package pie.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.server.profile.Profile;
import pie.server.profile.ProfileFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Look at processes, talk to them and end them. */
final class ProcessRoutes {
    private final Service service;
    private final Processes processes;

    ProcessRoutes(Service service, Processes processes) {
        this.service = service;
        this.processes = processes;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/processes/{id}", x -> x.json(200, processes.json(processes.of(x)))),
                Route.get("/v1/processes/{id}/explain", x -> x.json(200, ProcessJson.explain(processes.of(x)))),
                Route.get("/v1/processes/{id}/timeline", this::timeline, "format"),
                Route.post("/v1/processes/{id}/timeline", this::profile),
                Route.get("/v1/processes/{id}/recording", this::recording),
                Route.delete("/v1/processes/{id}", this::end, "wait", "purge"),
                Route.get("/v1/processes/{id}/result", this::result, "wait", "raw"),
                Route.post("/v1/processes/{id}/messages", this::message),
                Route.post("/v1/processes/{id}/signal", this::signal));
    }

    private void timeline(Exchange exchange) {
        String format = exchange.query("format").orElse("chrome");
        Profile profile = Profile.of(processes.of(exchange));
        if (format.equals("summary")) {
            exchange.json(200, (ObjectNode) Json.tree(profile.summary()));
            return;
        }
        ProfileFormat as = ProfileFormat.named(format)
                .orElseThrow(() -> PieException.invalid(
                        "query parameter \"format\" must be chrome, summary, html or svg, got \"" + format + "\""));
        exchange.send(200, as.mediaType(), profile.as(as));
    }

    /** Record a process from now on. */
    private void profile(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        boolean known = process.timeline().isPresent();
        process.profile();
        exchange.json(known ? 200 : 201, processes.json(process));
    }

    private void recording(Exchange exchange) throws IOException {
        InferletProcess process = processes.of(exchange);
        Path file = process.recording()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "process " + process.id() + " is not recorded; launch it with \"record\": true",
                        Map.of("kind", "recording")));
        exchange.file("application/octet-stream", file);
    }

    private void end(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        Duration wait = exchange.waitTime().orElse(Duration.ZERO);
        boolean purge = exchange.flag("purge", false);
        boolean live = !process.outcome().isDone();
        if (live) {
            process.interrupt("owner");
            Waits.endedOrGone(process, wait, exchange);
        }
        boolean ended = process.outcome().isDone();
        if (purge && ended) {
            service.launcher().purge(process.id());
            exchange.noContent();
            return;
        }
        if (purge) {
            process.outcome().thenRun(() -> service.launcher().purge(process.id()));
        }
        exchange.json(ended ? 200 : 202, processes.json(process));
    }

    private void result(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        boolean raw = exchange.flag("raw", false);
        if (Waits.endedOrGone(process, exchange.waitTime().orElse(Duration.ZERO), exchange)) {
            throw new ClientGone();
        }
        Optional<Outcome> outcome = ProcessJson.ended(process);
        if (outcome.isEmpty()) {
            processes.accepted(exchange, process);
        } else if (raw) {
            raw(exchange, outcome.get());
        } else {
            exchange.json(200, ProcessJson.result(process, outcome.get()));
        }
    }

    private static void raw(Exchange exchange, Outcome outcome) {
        switch (outcome) {
            case Outcome.Completed c -> {
                boolean json = ProcessJson.parsed(c.value()).isPresent();
                exchange.send(200, json ? Exchange.JSON : "text/plain; charset=utf-8", Json.utf8(c.value()));
            }
            case Outcome.Failed f ->
                exchange.json(
                        ErrorBody.status(f), ErrorBody.of(f.code(), f.message(), f.details(), exchange.requestId()));
        }
    }

    private void message(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        ObjectNode body = body(exchange, "message");
        JsonNode message = body.path("message");
        String text = message.isString() ? message.asString() : message.toString();
        LaunchBody.checkSize("message", text.length(), service.limits().message());
        ObjectNode answer = Json.object();
        answer.put("queued", process.deliver(text));
        exchange.json(202, answer);
    }

    private void signal(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        JsonNode signal = body(exchange, "signal").path("signal");
        String word = signal.isString() ? signal.asString() : "";
        switch (word) {
            case "interrupt", "kill" -> {
                if (process.outcome().isDone()) {
                    throw new PieException(
                            ErrorCode.CONFLICT,
                            "process " + process.id() + " has ended and takes no signal",
                            Map.of("reason", "ended"));
                }
                if (word.equals("kill")) {
                    process.kill("owner");
                } else {
                    process.interrupt("owner");
                }
            }
            case "suspend", "resume" ->
                throw new PieException(
                        ErrorCode.UNSUPPORTED, "signal \"" + word + "\" is not offered by this server yet");
            default -> {
                var problems = new Problems();
                problems.wrong("/signal", "one of interrupt, kill, suspend, resume", signal);
                problems.check("signal");
            }
        }
        exchange.json(202, processes.json(process));
    }

    /** Read an object with one key, which must be there. */
    private ObjectNode body(Exchange exchange, String key) {
        exchange.checkJsonType();
        JsonNode body = service.json().parse(exchange.body(service.limits().httpBody(), "the body"), "the body");
        if (!(body instanceof ObjectNode object)) {
            throw PieException.invalid("the body must be {\"" + key + "\": …}, got " + LaunchBody.kind(body));
        }
        var problems = new Problems();
        problems.unknown("", object, Set.of(key));
        if (!object.has(key)) {
            problems.add("/" + key, "is missing");
        }
        problems.check("body");
        return object;
    }
}
