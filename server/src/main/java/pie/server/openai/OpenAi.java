package pie.server.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;
import pie.engine.driver.DriverCapabilities;
import pie.engine.process.OwnerId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Start what the OpenAI routes ask for, each request as a plain generation. */
public final class OpenAi {
    private final PlainRuns runs;
    private final String version;

    /** @param version of this build; part of the fingerprint and of the names in lists of processes */
    public OpenAi(PlainRuns runs, String version) {
        this.runs = runs;
        this.version = version;
    }

    /** Read and start a chat completion. @throws PieException with {@code param} in its details for a field that is wrong */
    public Call chat(List<Engine> engines, OwnerId owner, JsonNode body) {
        long began = System.nanoTime();
        ObjectNode object = object(body);
        return start(new ChatRequest(engine(engines, object), object), owner, began);
    }

    /** Read and start a completion. @throws PieException with {@code param} in its details for a field that is wrong */
    public Call completion(List<Engine> engines, OwnerId owner, JsonNode body) {
        long began = System.nanoTime();
        ObjectNode object = object(body);
        return start(new CompletionRequest(engine(engines, object), object), owner, began);
    }

    private static ObjectNode object(JsonNode body) {
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw PieException.invalid("the body must be a JSON object");
    }

    private static Engine engine(List<Engine> engines, ObjectNode body) {
        String name = new Fields(body).text("model").orElse("");
        if (engines.isEmpty()) {
            throw new PieException(ErrorCode.NOT_READY, "no model is loaded");
        }
        if (name.isEmpty()) {
            return engines.getFirst();
        }
        return engines.stream()
                .filter(e -> e.model().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "the model '" + name + "' does not exist; loaded: "
                                + engines.stream().map(e -> e.model().name()).toList(),
                        Map.of("kind", "model", "param", "model")));
    }

    private Call start(Request request, OwnerId owner, long began) {
        Engine engine = request.engine();
        Asked asked = request.asked();
        PlainProcess process =
                runs.start(engine, owner, request.program() + "@" + version, asked.labels(), asked.bid());
        var head = new Head(
                request.idPrefix() + process.id().toString().replace("-", ""),
                process.created().getEpochSecond(),
                engine.model().name(),
                fingerprint(engine));
        var call = new Call(request, process, head, runs.metrics(), began);
        call.start();
        return call;
    }

    /** Return a name for everything that the tokens of a seed depend on. */
    private String fingerprint(Engine engine) {
        DriverCapabilities device = engine.capabilities();
        String all = device.modelFingerprint() + '/' + device.kind() + '/' + device.kernels() + '/' + version;
        return "pie-" + Sha256.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, 10);
    }
}
