package pie.server.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.event.EventLog;
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
    private final McpRelay mcp;

    /** @param mcp servers that the programs may call */
    Launches(Backend backend, McpRelay mcp) {
        this.backend = backend;
        this.mcp = mcp;
    }

    /** Hold a process and the reader of its events, which there is if they are captured: it is there before the first event. */
    record Started(InferletProcess process, Optional<EventLog.Watcher> events) {
        private void end() {
            process.interrupt("owner");
            events.ifPresent(EventLog.Watcher::close);
        }
    }

    Started launch(OwnerId owner, String program, String input, boolean capture, OptionalLong budget) {
        Stored stored = backend.programs().resolve(owner, program);
        return start(request(owner, stored, input, capture, budget));
    }

    private Started start(LaunchRequest asked) {
        var caller = new McpRelay.Caller();
        LaunchRequest request = asked.calling(mcp.servers(caller));
        if (!request.capture()) {
            return new Started(backend.launch(request, made -> caller.is(made.id())), Optional.empty());
        }
        var reading = new AtomicReference<EventLog.@Nullable Watcher>();
        InferletProcess process = backend.launch(request, made -> {
            caller.is(made.id());
            reading.set(made.log().watch(0, true));
        });
        return new Started(process, Optional.ofNullable(reading.get()));
    }

    /** Start one for each input, all or none. @throws Fields.Refused if the budgets do not match the inputs */
    List<Started> launchAll(
            OwnerId owner, String program, List<String> inputs, boolean capture, Optional<List<OptionalLong>> budgets) {
        if (budgets.isPresent() && budgets.get().size() != inputs.size()) {
            throw new Fields.Refused(
                    "token_budgets length " + budgets.get().size() + " does not match inputs length " + inputs.size());
        }
        Stored stored = backend.programs().resolve(owner, program);
        List<LaunchRequest> requests = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            OptionalLong budget = budgets.isPresent() ? budgets.get().get(i) : OptionalLong.empty();
            requests.add(request(owner, stored, inputs.get(i), capture, budget));
        }
        List<Started> started = new ArrayList<>();
        try {
            requests.forEach(request -> started.add(start(request)));
        } catch (PieException e) {
            started.forEach(Started::end);
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
                        capture)
                .permitted(program.manifest().permissions());
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
