package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.InferletRuntime;
import pie.runtime.LaunchRequest;
import pie.runtime.Permissions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Name a program of the examples that comes in three languages, and what it must show.
 *
 * @param name of the Python file
 * @param messages that it gets from its client, before it asks for them
 * @param same keys of the result that must be equal in all languages
 * @param holds what must be true of each result
 */
record Capability(String name, String input, List<String> messages, List<String> same, Consumer<JsonNode> holds) {
    static final Path EXAMPLES = Stack.ROOT.resolve("examples");

    static Capability of(String name, String input, String same, Consumer<JsonNode> holds) {
        return new Capability(name, input, List.of(), same.isEmpty() ? List.of() : List.of(same.split(" ")), holds);
    }

    Capability tells(String... texts) {
        return new Capability(name, input, List.of(texts), same, holds);
    }

    Capability with(String otherInput) {
        return new Capability(name, otherInput, messages, same, holds);
    }

    List<Path> programs() {
        String camel = Arrays.stream(name.split("_"))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
        Path ts = EXAMPLES.resolve("js/" + name + ".ts");
        return List.of(
                EXAMPLES.resolve("python/" + name + ".py"),
                Files.exists(ts) ? ts : EXAMPLES.resolve("js/" + name + ".js"),
                EXAMPLES.resolve("java/" + camel + ".java"));
    }

    static InferletProcess launch(InferletRuntime runtime, Path program, String input, Permissions permissions)
            throws Exception {
        var source = Stack.program(Stack.ROOT.relativize(program).toString());
        return runtime.launch(LaunchRequest.of(source, input).permitted(permissions));
    }

    static JsonNode result(InferletProcess process, Path program) throws Exception {
        Outcome outcome = process.outcome().get(300, TimeUnit.SECONDS);
        assertThat(outcome).as(program + ": " + outcome).isInstanceOf(Outcome.Completed.class);
        return JsonMapper.shared().readTree(((Outcome.Completed) outcome).value());
    }

    /** Run all three, check each, and hold them against each other. */
    void check(InferletRuntime runtime) throws Exception {
        var results = new ArrayList<JsonNode>();
        for (Path program : programs()) {
            InferletProcess process = launch(runtime, program, input, Permissions.ALL.withPublish(false));
            messages.forEach(process::deliver);
            JsonNode result = result(process, program);
            check(result, program);
            results.add(result);
        }
        agree(results);
    }

    void check(JsonNode result, Path program) {
        try {
            holds.accept(result);
        } catch (AssertionError e) {
            throw new AssertionError(program.getFileName() + " gave " + result, e);
        }
    }

    /** Hold the results of the languages against each other. */
    void agree(List<JsonNode> results) {
        for (String key : same) {
            assertThat(results.stream().map(result -> result.get(key)).distinct())
                    .as(name + ": " + key)
                    .hasSize(1);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
