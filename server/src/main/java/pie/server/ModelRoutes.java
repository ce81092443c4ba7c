package pie.server;

import java.util.List;
import java.util.Map;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Describe the loaded models in the shape that OpenAI clients know, with a {@code pie} object beside. */
final class ModelRoutes {
    private final Service service;

    ModelRoutes(Service service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/models", this::list), Route.get("/v1/models/{id}", this::one));
    }

    private void list(Exchange exchange) {
        ObjectNode json = Json.object();
        json.put("object", "list");
        ArrayNode data = json.putArray("data");
        List<Engine> engines = service.launcher().engines();
        for (Engine engine : engines) {
            data.add(model(engine, engine == engines.getFirst()));
        }
        exchange.json(200, json);
    }

    private void one(Exchange exchange) {
        String id = exchange.path("id");
        List<Engine> engines = service.launcher().engines();
        Engine engine = engines.stream()
                .filter(e -> e.model().name().equals(id))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "no model \"" + id + "\" is loaded; loaded: "
                                + engines.stream().map(e -> e.model().name()).toList(),
                        Map.of("kind", "model")));
        exchange.json(200, model(engine, engine == engines.getFirst()));
    }

    private ObjectNode model(Engine engine, boolean first) {
        DriverCapabilities driver = engine.capabilities();
        ObjectNode json = Json.object();
        json.put("id", engine.model().name());
        json.put("object", "model");
        json.put("created", service.started().getEpochSecond());
        json.put("owned_by", "pie");
        ObjectNode pie = json.putObject("pie");
        pie.put("architecture", engine.model().config().architecture());
        pie.put("driver", driver.kind());
        pie.putArray("devices").add(driver.deviceName());
        pie.put("kernels", driver.kernels());
        pie.put("dtype", driver.activationDtype());
        pie.put("quantization", driver.weightDtype());
        pie.put("kv_dtype", driver.kvDtype());
        pie.put("context_length", driver.maxContext());
        pie.put("page_size", driver.pageSize());
        pie.put("pages", driver.totalPages());
        pie.put("vocab_size", driver.vocabSize());
        ArrayNode capabilities = pie.putArray("capabilities");
        capabilities.add("completion");
        if (engine.model().chatTemplate().isPresent()) {
            capabilities.add("chat");
        }
        pie.put("default", first);
        pie.put("state", "ready");
        return json;
    }
}
