package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.testing.TestModel;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.Permissions;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run the programs of the capability list on the real model, in three languages, and hold what they say against each other. */
class CapabilitiesTest {
    private static final Path EXAMPLES = Stack.ROOT.resolve("examples");
    private static Instance instance;

    @TempDir
    static Path folder;

    /**
     * @param name of the Python file
     * @param same keys of the result that must be equal in all languages
     * @param holds what must be true of each result
     */
    record Row(String name, String input, List<String> messages, List<String> same, Consumer<JsonNode> holds) {
        Row tells(String... texts) {
            return new Row(name, input, List.of(texts), same, holds);
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

        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, String input, String same, Consumer<JsonNode> holds) {
        return new Row(name, input, List.of(), same.isEmpty() ? List.of() : List.of(same.split(" ")), holds);
    }

    static Stream<Row> rows() {
        return Stream.of(
                row(
                        "order",
                        "{\"customer\":\"Ada\",\"express\":true,\"lines\":[{\"item\":\"tea\",\"count\":2,\"price\":3.5},"
                                + "{\"item\":\"jam\",\"count\":1,\"price\":0.25}]}",
                        "customer items express version user",
                        r -> {
                            assertThat(r.get("total").asDouble()).isEqualTo(12.25);
                            assertThat(r.get("items").asInt()).isEqualTo(3);
                            assertThat(r.get("process").asString()).matches("[0-9a-f-]{14}4[0-9a-f-]{21}");
                        }),
                row(
                        "completion",
                        "{}",
                        "text finish tokens",
                        r -> assertThat(r.get("text").asString()).startsWith(" Wednesday")),
                row("speculation", "{\"max_tokens\":24}", "plain", r -> {
                    assertThat(r.get("same").asBoolean()).isTrue();
                    assertThat(r.get("plain").get("drafted").asInt()).isZero();
                }),
                row("measure", "{}", "jobs tokens_out", r -> {
                            assertThat(r.get("jobs").asInt()).isEqualTo(2);
                            assertThat(r.get("tokens_out").asInt()).isEqualTo(9);
                        })
                        .tells("{\"n\": 6}", "{\"n\": 3, \"prompt\": \"The sea\"}", ""),
                row("vote", "{\"n\":4}", "answer votes answers", r -> {
                    assertThat(r.get("answers").size()).isEqualTo(4);
                    assertThat(r.get("votes").asInt()).isBetween(1, 4);
                }),
                row("prefix_tree", "{\"max_tokens\":4}", "answers leaves", r -> {
                    assertThat(r.get("answers").size()).isEqualTo(8);
                    assertThat(r.get("tokens_in").asInt())
                            .isLessThan(
                                    r.get("tokens_if_each_were_computed_alone").asInt() / 2);
                }),
                row("constrained", "{\"tries\":1}", "person letter attempts_without", r -> {
                    assertThat(r.get("person").get("age").asInt()).isBetween(18, 99);
                    assertThat(r.get("letter").asString())
                            .matches(
                                    "Dear .{2,12} \\(\\d\\d\\), we are (glad|sorry|eager) to meet you on 20\\d\\d-\\d\\d-\\d\\d");
                }),
                row(
                        "validate",
                        "{}",
                        "best scores sure",
                        r -> assertThat(r.get("best").asString()).isEqualTo("Paris")),
                row("watermark", "{\"max_tokens\":24}", "text z_marked z_plain", r -> {
                    assertThat(r.get("z_marked").asDouble()).isGreaterThan(3);
                    assertThat(r.get("z_plain").asDouble()).isLessThan(3);
                }),
                row("drafter", "{}", "text passes guessed_right guessed_wrong", r -> {
                    assertThat(r.get("same").asBoolean()).isTrue();
                    assertThat(r.get("passes_with_drafter").asInt())
                            .isLessThan(r.get("passes").asInt());
                }));
    }

    @BeforeAll
    static void open() {
        GuestPolicy policy = GuestPolicy.DEFAULT
                .withCaps(Permissions.ALL)
                .withPrivateHosts(List.of("127.0.0.1"))
                .withDataFolder(folder.resolve("data"));
        instance = Instance.open(
                new InstanceConfig(
                        TestModel.NAME,
                        TestModel.path(),
                        "cpu",
                        DriverConfig.DEFAULT.withPages(4096),
                        EngineConfig.DEFAULT,
                        RuntimeConfig.DEFAULT
                                .withPoolMin(1)
                                .withLanguages(EnumSet.allOf(Language.class))
                                .withPolicy(policy),
                        Optional.of(SnapshotConfig.of(folder.resolve("snapshots")))),
                line -> {});
    }

    @AfterAll
    static void close() {
        instance.close();
    }

    private static JsonNode run(Row row, Path program) throws Exception {
        var source = Stack.program(Stack.ROOT.relativize(program).toString());
        InferletProcess process =
                instance.runtime().launch(LaunchRequest.of(source, row.input()).permitted(Permissions.ALL));
        row.messages().forEach(process::deliver);
        Outcome outcome = process.outcome().get(180, TimeUnit.SECONDS);
        assertThat(outcome).as(program + ": " + outcome).isInstanceOf(Outcome.Completed.class);
        return JsonMapper.shared().readTree(((Outcome.Completed) outcome).value());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void holdsInEveryLanguage(Row row) throws Exception {
        var results = new ArrayList<JsonNode>();
        for (Path program : row.programs()) {
            JsonNode result = run(row, program);
            row.holds().accept(result);
            results.add(result);
        }
        for (String key : row.same()) {
            assertThat(results.stream().map(result -> result.get(key)).distinct())
                    .as(row.name() + ": " + key)
                    .hasSize(1);
        }
    }

    /** The index names every program, and every program begins with what it is. */
    @Test
    void theIndexIsWhole() throws Exception {
        String index = Files.readString(EXAMPLES.resolve("README.md"));
        for (Row row : rows().toList()) {
            for (Path program : row.programs()) {
                assertThat(index).contains("(" + EXAMPLES.relativize(program) + ")");
                assertThat(Files.readAllLines(program).getFirst()).matches("(\"\"\"|// ).{20,}");
            }
        }
    }
}
