package pie.server.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import pie.engine.PieException;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.OwnerId;
import pie.runtime.LaunchRequest;
import pie.server.programs.Stored;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Start programs by name. */
final class Launches {
    private final Backend backend;

    Launches(Backend backend) {
        this.backend = backend;
    }

    InferletProcess launch(OwnerId owner, String program, String input, boolean capture, OptionalLong budget) {
        Stored stored = backend.programs().resolve(program);
        return backend.launch(request(owner, stored, input, capture, budget));
    }

    /** Start one for each input, all or none. @throws Fields.Refused if the budgets do not match the inputs */
    List<InferletProcess> launchAll(
            OwnerId owner, String program, List<String> inputs, boolean capture, Optional<List<OptionalLong>> budgets) {
        if (budgets.isPresent() && budgets.get().size() != inputs.size()) {
            throw new Fields.Refused(
                    "token_budgets length " + budgets.get().size() + " does not match inputs length " + inputs.size());
        }
        Stored stored = backend.programs().resolve(program);
        List<LaunchRequest> requests = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            OptionalLong budget = budgets.isPresent() ? budgets.get().get(i) : OptionalLong.empty();
            requests.add(request(owner, stored, inputs.get(i), capture, budget));
        }
        List<InferletProcess> started = new ArrayList<>();
        try {
            requests.forEach(request -> started.add(backend.launch(request)));
        } catch (PieException e) {
            started.forEach(p -> p.interrupt("owner"));
            throw e;
        }
        return started;
    }

    private static LaunchRequest request(
            OwnerId owner, Stored program, String input, boolean capture, OptionalLong budget) {
        return new LaunchRequest(
                owner,
                program.source(),
                program.checked(input(input)).toString(),
                Optional.empty(),
                new Budget(budget, Optional.empty(), Optional.empty()),
                Map.of(),
                OptionalLong.empty(),
                capture,
                OptionalDouble.empty(),
                Optional.empty());
    }

    /** Read the input as the clients send it: JSON, or any other text. */
    static JsonNode input(String text) {
        if (text.isBlank()) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            JsonNode value = JsonMapper.shared().readTree(text);
            return value.isArray() && value.isEmpty() ? JsonNodeFactory.instance.objectNode() : value;
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.objectNode().put("input", text);
        }
    }
}
