package pie.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Start, list, describe and stop HTTP-server programs. */
final class AppRoutes {
    private static final Set<String> OWN_KEYS = Set.of("instances", "max_concurrency");
    private static final int CONCURRENCY = 16;
    private static final int MOST_CONCURRENCY = 256;
    private static final String HANDLE = "handle";

    private final Service service;

    AppRoutes(Service service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/apps", this::list),
                Route.get("/v1/apps/{name}", this::one),
                Route.put("/v1/apps/{name}", this::put),
                Route.delete("/v1/apps/{name}", this::delete));
    }

    private void list(Exchange exchange) {
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        service.apps().all().forEach(app -> items.add(app.json()));
        exchange.json(200, json);
    }

    private void one(Exchange exchange) {
        exchange.json(200, service.apps().find(exchange.path("name")).json());
    }

    private void put(Exchange exchange) throws InterruptedException {
        exchange.checkJsonType();
        String name = exchange.path("name");
        if (!Manifest.isName(name)) {
            throw PieException.invalid(
                    "an app's name must have 1 to 64 of the characters A-Z a-z 0-9 _ -, a letter or digit first, got \""
                            + name + "\"");
        }
        JsonNode body = service.json().parse(exchange.body(service.limits().httpBody(), "the body"), "the body");
        if (!(body instanceof ObjectNode object)) {
            throw PieException.invalid(
                    "an app must be a JSON object with \"program\" or \"source\", got " + LaunchBody.kind(body));
        }
        service.checkLaunching();
        ObjectNode own = Json.object();
        OWN_KEYS.forEach(key -> Optional.ofNullable(object.remove(key)).ifPresent(value -> own.set(key, value)));
        var launch = new LaunchBody(service.limits(), exchange.owner(), service.programs()).read(object);
        if (launch.record()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "programs that answer HTTP requests cannot be recorded");
        }
        JsonNode table = object.has("program")
                ? service.programs()
                        .resolve(object.get("program").asString())
                        .manifest()
                        .json()
                        .path("app")
                : Json.object();
        LaunchRequest request = launch.request();
        App app = new App(
                name,
                request.running(handling(request.source())),
                shared(own, table),
                concurrency(own, table),
                service.launcher());
        service.apps().put(name, app, grace());
        exchange.json(201, app.json());
    }

    /** A program whose manifest names no other function answers with {@code handle}. */
    private static ProgramSource handling(ProgramSource source) {
        return source.entry().equals("main")
                ? new ProgramSource(
                        source.language(), source.file(), source.code(), source.files(), HANDLE, source.name())
                : source;
    }

    private static boolean shared(ObjectNode own, JsonNode table) {
        String word = own.path("instances").asString(table.path("instances").asString("shared"));
        return switch (word) {
            case "shared" -> true;
            case "per_request" -> false;
            default ->
                throw PieException.invalid("instances must be \"shared\" or \"per_request\", got \"" + word + "\"");
        };
    }

    private static int concurrency(ObjectNode own, JsonNode table) {
        JsonNode given = own.has("max_concurrency") ? own.get("max_concurrency") : table.path("max_concurrency");
        if (given.isMissingNode()) {
            return CONCURRENCY;
        }
        int count = given.isIntegralNumber() && given.canConvertToInt() ? given.asInt() : 0;
        if (count < 1 || count > MOST_CONCURRENCY) {
            throw PieException.invalid("max_concurrency must be in 1.." + MOST_CONCURRENCY + ", got " + given);
        }
        return count;
    }

    private Duration grace() {
        return service.launcher().limits().killGrace();
    }

    private void delete(Exchange exchange) throws InterruptedException {
        service.apps().remove(exchange.path("name"), grace());
        exchange.noContent();
    }
}
