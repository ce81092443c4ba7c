package pie.server;

import java.time.Duration;
import java.util.List;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Start, list, describe and stop HTTP-server programs. */
final class AppRoutes {
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
        JsonNode body = service.json().parse(exchange.body(service.limits().httpBody(), "the body"), "the body");
        if (!(body instanceof ObjectNode object)) {
            throw PieException.invalid(
                    "an app must be a JSON object with \"program\" or \"source\", got " + LaunchBody.kind(body));
        }
        service.checkLaunching();
        App app = new AppStarter(service).start(exchange.path("name"), object, exchange.owner(), false);
        exchange.json(201, app.json());
    }

    private Duration grace() {
        return service.launcher().limits().killGrace();
    }

    private void delete(Exchange exchange) throws InterruptedException {
        service.apps().remove(exchange.path("name"), grace());
        exchange.noContent();
    }
}
