package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.e2e.Capability.of;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.Permissions;
import pie.server.Instance;
import tools.jackson.databind.JsonNode;

/** Run the programs of the capability list on the real model, in three languages, and hold what they say against each other. */
class CapabilitiesTest {
    private static Instance instance;

    @TempDir
    static Path folder;

    static Stream<Capability> rows() {
        return Stream.of(
                of("divide_and_merge", "{\"max_tokens\":12}", "splits", r -> {
                    assertThat(r.get("splits").size()).isEqualTo(1);
                    assertThat(r.get("splits").get(0).get("parts").size()).isEqualTo(2);
                    assertThat(r.get("splits").get(0).get("parts").get(0).asString())
                            .matches("[A-Z][a-z ]{8,40}\\?");
                    assertThat(r.get("answer").asString()).isNotBlank();
                }),
                of("retry", "{}", "answer lessons", r -> {
                    assertThat(r.get("attempts").size()).isGreaterThan(1);
                    assertThat(r.get("lessons").size()).isPositive();
                    assertThat(r.get("answer").asString()).containsIgnoringCase("sleep");
                }),
                of("action_loop", "{}", "answer trace", r -> {
                    assertThat(r.get("trace").size()).isBetween(2, 3);
                    assertThat(r.get("trace").get(0).get("action").asString()).isEqualTo("calculate");
                    assertThat(r.get("trace").get(0).get("result").isInt()).isTrue();
                    assertThat(r.get("answer").isInt()).isTrue();
                }),
                of("pipeline", "{}", "messages tokens workers done", r -> {
                    assertThat(r.get("messages").asInt()).isEqualTo(200);
                    assertThat(r.get("done").asInt()).isEqualTo(200);
                    assertThat(r.get("both_heard_the_same").asBoolean()).isTrue();
                }),
                of("extract_graph", "{}", "names edges reachable", r -> {
                    assertThat(r.get("edges").size()).isEqualTo(4);
                    for (JsonNode edge : r.get("edges")) {
                        assertThat(r.get("names").valueStream()).contains(edge.get("from"), edge.get("to"));
                    }
                }),
                of("samplers", "{\"seeds\":2}", "predicted", r -> {
                    assertThat(r.get("predicted").size()).isEqualTo(9);
                    for (JsonNode right : r.get("predicted")) {
                        assertThat(right.asInt()).isEqualTo(2);
                    }
                    assertThat(r.get("greedy_is_the_largest").asBoolean()).isTrue();
                    assertThat(r.get("probabilities_fall").asBoolean()).isTrue();
                    assertThat(r.get("logprobs_agree").asBoolean()).isTrue();
                    assertThat(r.get("entropy_in_range").asBoolean()).isTrue();
                }),
                of("draft_and_verify", "{}", "text same passes", r -> {
                    for (JsonNode same : r.get("same")) {
                        assertThat(same.asBoolean()).isTrue();
                    }
                    assertThat(r.get("passes").get("lookup").asInt())
                            .isLessThan(r.get("passes").get("plain").asInt() / 2);
                }),
                of("attention_sink", "{}", "text", r -> {
                    for (String claim :
                            List.of("helpers_equal_hand", "window_equals_masks", "drop_equals_mask", "whole_differs")) {
                        assertThat(r.get(claim).asBoolean()).as(claim).isTrue();
                    }
                    assertThat(r.get("pages").get("windowed").asDouble()).isLessThan(6);
                    assertThat(r.get("pages").get("dropped").asDouble())
                            .isLessThan(r.get("pages").get("whole").asDouble() / 2);
                }),
                of("raw_pages", "{}", "steps goes_on tokens", r -> {
                    int size = r.get("page_size").asInt();
                    JsonNode steps = r.get("steps");
                    assertThat(counters(steps, "reserved")).containsExactly(0, 3, 0, 0);
                    assertThat(counters(steps, "empty pages are not committed")).containsExactly(0, 3, 0, 0);
                    assertThat(counters(steps, "filled")).containsExactly(0, 3, 2 * size + 5, 2 * size + 5);
                    assertThat(counters(steps, "committed one")).containsExactly(1, 2, size + 5, 2 * size + 5);
                    assertThat(counters(steps, "truncated 7")).containsExactly(1, 2, size - 2, 2 * size - 2);
                    assertThat(counters(steps, "released one")).containsExactly(1, 1, size - 2, 2 * size - 2);
                    assertThat(r.get("goes_on").asBoolean()).isTrue();
                }),
                of("next_step", "{}", "text gone_on", r -> {
                    assertThat(r.get("same").size()).isEqualTo(3);
                    for (JsonNode same : r.get("same")) {
                        assertThat(same.asBoolean()).isTrue();
                    }
                    assertThat(r.get("single_tokens_same").asBoolean()).isTrue();
                    assertThat(r.get("left_after").asBoolean()).isTrue();
                }),
                of("errors", "{}", "caught", r -> {
                    r.get("caught").forEachEntry((code, caught) -> {
                        assertThat(caught.isArray()).as(code).isTrue();
                        assertThat(caught.get(0).asString()).isEqualTo(code);
                        assertThat(caught.get(1).asBoolean()).as(code).isTrue();
                        assertThat(caught.get(2).asBoolean()).as(code).isTrue();
                    });
                    assertThat(r.get("caught").size()).isEqualTo(13);
                    assertThat(r.get("unharmed").asBoolean()).isTrue();
                }),
                of(
                        "order",
                        "{\"customer\":\"Ada\",\"express\":true,\"lines\":[{\"item\":\"tea\",\"count\":2,\"price\":3.5},"
                                + "{\"item\":\"jam\",\"count\":1,\"price\":0.25}]}",
                        "customer items express version user",
                        r -> {
                            assertThat(r.get("total").asDouble()).isEqualTo(12.25);
                            assertThat(r.get("items").asInt()).isEqualTo(3);
                            assertThat(r.get("process").asString()).matches("[0-9a-f-]{14}4[0-9a-f-]{21}");
                        }),
                of(
                        "completion",
                        "{}",
                        "text finish tokens",
                        r -> assertThat(r.get("text").asString()).startsWith(" Wednesday")),
                of("speculation", "{\"max_tokens\":24}", "plain", r -> {
                    assertThat(r.get("same").asBoolean()).isTrue();
                    assertThat(r.get("plain").get("drafted").asInt()).isZero();
                }),
                of("measure", "{}", "jobs tokens_out", r -> {
                            assertThat(r.get("jobs").asInt()).isEqualTo(2);
                            assertThat(r.get("tokens_out").asInt()).isEqualTo(9);
                        })
                        .tells("{\"n\": 6}", "{\"n\": 3, \"prompt\": \"The sea\"}", ""),
                of("vote", "{\"n\":4}", "answer votes answers", r -> {
                    assertThat(r.get("answers").size()).isEqualTo(4);
                    assertThat(r.get("votes").asInt()).isBetween(1, 4);
                }),
                of("prefix_tree", "{\"max_tokens\":4}", "answers leaves", r -> {
                    assertThat(r.get("answers").size()).isEqualTo(8);
                    assertThat(r.get("tokens_in").asInt())
                            .isLessThan(
                                    r.get("tokens_if_each_were_computed_alone").asInt() / 2);
                }),
                of("constrained", "{\"tries\":1}", "person letter attempts_without", r -> {
                    assertThat(r.get("person").get("age").asInt()).isBetween(18, 99);
                    assertThat(r.get("letter").asString())
                            .matches(
                                    "Dear .{2,12} \\(\\d\\d\\), we are (glad|sorry|eager) to meet you on 20\\d\\d-\\d\\d-\\d\\d");
                }),
                of(
                        "validate",
                        "{}",
                        "best scores sure",
                        r -> assertThat(r.get("best").asString()).isEqualTo("Paris")),
                of("watermark", "{\"max_tokens\":24}", "text z_marked z_plain", r -> {
                    assertThat(r.get("same_by_hand").asBoolean()).isTrue();
                    assertThat(r.get("z_marked").asDouble()).isGreaterThan(3);
                    assertThat(r.get("z_plain").asDouble()).isLessThan(3);
                }),
                of("two_adapters", "{}", "texts", r -> {
                    assertThat(r.get("texts").valueStream().map(JsonNode::asString))
                            .hasSize(3)
                            .doesNotHaveDuplicates();
                    assertThat(r.get("same_with_drafter").asBoolean()).isTrue();
                    assertThat(r.get("reused_between").asInt()).isZero();
                    assertThat(r.get("reused_by_its_own").asInt()).isPositive();
                }),
                of("evolve", "{}", "history", r -> {
                    assertThat(r.get("history").size()).isEqualTo(4);
                    assertThat(r.get("gained").asDouble()).isGreaterThan(0.1);
                }),
                of("drafter", "{}", "text passes guessed_right guessed_wrong", r -> {
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
        instance = Stack.open(EnumSet.allOf(Language.class), 4096, policy, Optional.of(folder.resolve("snapshots")))
                .instance();
    }

    @AfterAll
    static void close() {
        instance.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void holdsInEveryLanguage(Capability row) throws Exception {
        row.check(instance.runtime());
    }

    private static List<Integer> counters(JsonNode steps, String step) {
        return steps.get(step).valueStream().map(JsonNode::asInt).toList();
    }

    /** The index names every program, and every program begins with what it is. */
    @Test
    void theIndexIsWhole() throws Exception {
        String index = Files.readString(Capability.EXAMPLES.resolve("README.md"));
        for (Capability row :
                Stream.concat(rows(), WorldCapabilitiesTest.rows()).toList()) {
            for (Path program : row.programs()) {
                assertThat(index).contains("(" + Capability.EXAMPLES.relativize(program) + ")");
                assertThat(Files.readAllLines(program).getFirst()).matches("(\"\"\"|// ).{20,}");
            }
        }
    }
}
