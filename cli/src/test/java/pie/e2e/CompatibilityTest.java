package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.Permissions;
import pie.runtime.ProgramSource;
import pie.runtime.mcp.McpServer;
import pie.server.Instance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run programs as they are written for Pie 0.4, launched with an input of {@code []}, on the real model. */
class CompatibilityTest {
    private static final Permissions FILES = Permissions.DEFAULT.withFiles(true);

    private static Instance instance;
    private static Neighbour web;

    @TempDir
    static Path folder;

    enum Dialect {
        PYTHON(".py", Language.PYTHON, "main.py"),
        TYPESCRIPT(".ts", Language.TYPESCRIPT, "index.ts");

        private final String ending;
        private final Language language;
        private final String file;

        Dialect(String ending, Language language, String file) {
            this.ending = ending;
            this.language = language;
            this.file = file;
        }

        private ProgramSource program(String name) throws IOException {
            try (var in = CompatibilityTest.class.getResourceAsStream("/compat/" + name + ending)) {
                return ProgramSource.of(language, file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    /** How a run ended and what came before. */
    private record Run(String value, List<String> messages, List<String> printed) {
        JsonNode json() {
            return JsonMapper.shared().readTree(value);
        }
    }

    @BeforeAll
    static void open() throws IOException {
        web = new Neighbour();
        GuestPolicy policy = GuestPolicy.DEFAULT
                .withCaps(FILES)
                .withPrivateHosts(List.of("127.0.0.1"))
                .withMcp(Map.of("notes", new McpServer.Http(web.url() + "/mcp", Map.of())));
        Set<Language> languages = EnumSet.of(Language.PYTHON, Language.JAVASCRIPT, Language.TYPESCRIPT);
        instance = Stack.open(languages, 2048, policy, Optional.of(folder)).instance();
    }

    @AfterAll
    static void close() {
        instance.close();
        web.close();
    }

    private static Run run(Dialect dialect, String name, String input) throws Exception {
        InferletProcess process = instance.runtime()
                .launch(LaunchRequest.of(dialect.program(name), input).permitted(FILES));
        Outcome outcome = process.outcome().get(300, TimeUnit.SECONDS);
        assertThat(outcome).as(name + ": " + outcome).isInstanceOf(Outcome.Completed.class);
        var messages = new ArrayList<String>();
        var printed = new ArrayList<String>();
        try (var watcher = process.log().watch(0, false)) {
            while (watcher.next(Duration.ofSeconds(60)) instanceof EventLog.Next.Event(ProcessEvent event)) {
                if (event instanceof ProcessEvent.Message message) {
                    messages.add(message.text());
                } else if (event instanceof ProcessEvent.Stdout out) {
                    printed.addAll(out.text().lines().toList());
                }
            }
        }
        return new Run(((Outcome.Completed) outcome).value(), messages, printed);
    }

    @ParameterizedTest
    @EnumSource
    void chatIsStreamedThroughTheDecoders(Dialect dialect) throws Exception {
        Run run = run(dialect, "stream_chat", "[]");
        assertThat(run.value()).isEqualTo("done");
        assertThat(run.messages()).hasSizeGreaterThan(2).endsWith("[done]");
        assertThat(String.join("", run.messages())).doesNotContain("<|");
    }

    @ParameterizedTest
    @EnumSource
    void jsonObeysItsSchema(Dialect dialect) throws Exception {
        Run run = run(dialect, "schema_json", "[]");
        JsonNode person = run.json();
        assertThat(person.get("name").asString().length()).isBetween(2, 10);
        assertThat(person.get("level").asInt()).isBetween(1, 5);
        assertThat(person.get("skills").size()).isBetween(2, 3);
        assertThat(run.messages()).hasSize(2 + person.get("skills").size()).endsWith("[done]");
        assertThat(run.messages().getFirst().length()).isBetween(1, 20);
        assertThat(run.messages().get(1)).startsWith("skill: ");
    }

    @ParameterizedTest
    @EnumSource
    void twoGenerationsInterleave(Dialect dialect) throws Exception {
        Run run = run(dialect, "two_at_once", "[]");
        assertThat(run.messages()).containsExactly("CONCURRENT");
        assertThat(run.json().get("counts").toString()).isEqualTo("[10,10]");
        assertThat(run.printed()).containsExactlyInAnyOrder("A START", "B START", "A END", "B END");
        assertThat(run.printed().subList(0, 2)).containsExactlyInAnyOrder("A START", "B START");
    }

    @ParameterizedTest
    @EnumSource
    void toolsOfAServerWorkFailAndAreMissed(Dialect dialect) throws Exception {
        Run run = run(dialect, "mcp_round", "[]");
        assertThat(run.json())
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        "{\"servers\":[\"notes\"],\"tools\":[\"add\"],\"sum\":\"42\",\"failed\":\"broken\",\"unknown\":\"refused\"}"));
        assertThat(run.printed()).hasSize(1);
        assertThat(run.printed().getFirst()).startsWith("as it should be: ").contains("nobody");
    }

    @ParameterizedTest
    @EnumSource
    void aTreeIsSearchedInFreshContexts(Dialect dialect) throws Exception {
        Run run = run(dialect, "tree_search", "[]");
        assertThat(run.json().get("seen").asInt()).isEqualTo(4);
        assertThat(run.json().get("path").size()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void modulesOfAPromptAreFoundByALaterRun(Dialect dialect) throws Exception {
        String input = "{\"root\":\"" + dialect + "\"}";
        JsonNode first = run(dialect, "prefix_modules", input).json();
        JsonNode second = run(dialect, "prefix_modules", input).json();
        assertThat(List.of(first.get("hits").asInt(), first.get("misses").asInt()))
                .containsExactly(0, 3);
        assertThat(List.of(second.get("hits").asInt(), second.get("misses").asInt()))
                .containsExactly(3, 0);
        assertThat(second.get("again").asString()).isEqualTo("refused");
        assertThat(second.get("answer")).isEqualTo(first.get("answer"));
    }

    private static final Map<String, JsonNode> MASKED = new HashMap<>();

    @ParameterizedTest
    @EnumSource
    void anOwnLoopDecodesUnderHierarchicalMasks(Dialect dialect) throws Exception {
        JsonNode answer = run(dialect, "own_masks", "[]").json();
        assertThat(answer.get("tokens").asBoolean()).isTrue();
        assertThat(answer.get("answer").asString()).isNotBlank();
        assertThat(MASKED.computeIfAbsent("answer", key -> answer)).isEqualTo(answer);
    }

    /** Run a program whose result says of each thing that it tried whether it was as it should be, beside what is looked at here. */
    private static JsonNode facts(Dialect dialect, String name) throws Exception {
        JsonNode facts = run(dialect, name, "[]").json();
        facts.forEachEntry((what, holds) -> {
            if (holds.isBoolean()) {
                assertThat(holds.asBoolean()).as(what).isTrue();
            }
        });
        return facts;
    }

    @ParameterizedTest
    @EnumSource
    void tokensAreChosenByHandFromProbes(Dialect dialect) throws Exception {
        JsonNode facts = facts(dialect, "choose_by_hand");
        assertThat(facts.get("handles").toString()).isEqualTo("[0,1,\"logprobs\",\"logprobs\"]");
        assertThat(facts.get("counts").toString()).isEqualTo("[1,1,3,3]");
        assertThat(facts.get("values").toString()).isEqualTo("[true,\"seven\",[5,6],true]");
        assertThat(facts.get("temperature").asDouble()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void rulesOfTheProgramHoldTogether(Dialect dialect) throws Exception {
        JsonNode facts = facts(dialect, "own_rules");
        assertThat(facts.get("both").asString()).matches("[1-4]{1,3}");
        assertThat(facts.get("tag").asString()).isEqualTo("<>");
        assertThat(facts.get("walked").toString()).isEqualTo("[false,true]");
        assertThat(facts.get("json").asString()).isEqualTo("list");
        if (dialect == Dialect.PYTHON) {
            assertThat(facts.get("protocols").toString()).isEqualTo("[true,true,false,false,true]");
            assertThat(facts.get("fields").toString())
                    .isEqualTo("[\"{\\\"type\\\":\\\"integer\\\"}\",\"root\",\"a+\",true,true]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void draftsOfTheProgramChangeNothing(Dialect dialect) throws Exception {
        JsonNode facts = facts(dialect, "own_drafter");
        if (dialect == Dialect.PYTHON) {
            assertThat(facts.get("protocol").toString()).isEqualTo("[true,true,false]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void pagesCreditsAndSnapshotsAreAccountedFor(Dialect dialect) throws Exception {
        assertThat(facts(dialect, "pages_and_bids").size()).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource
    void workersTalkOverTopics(Dialect dialect) throws Exception {
        Run run = run(dialect, "topics", "[]");
        assertThat(run.json().get("squares").toString()).isEqualTo("[0,1,4,9,16,25]");
        assertThat(run.json().get("late").size()).isEqualTo(2);
        assertThat(JsonMapper.shared().readTree(run.messages().getFirst()).toString())
                .isEqualTo("{\"heard\":[\"a\",\"b\",\"ü 🜁\"],\"also\":[\"a\",\"b\",\"ü 🜁\",\"done\"]}");
        assertThat(JsonMapper.shared().readTree(run.messages().getLast()).toString())
                .isEqualTo("[1,null,true]");
    }

    @ParameterizedTest
    @EnumSource
    void toolsAreOfferedOverSeveralTurns(Dialect dialect) throws Exception {
        assertThat(facts(dialect, "tool_turns").get("turns").toString()).isEqualTo("[true,true]");
    }

    @ParameterizedTest
    @EnumSource
    void branchesOfAPromptVote(Dialect dialect) throws Exception {
        JsonNode facts = facts(dialect, "votes");
        assertThat(facts.get("branches").asInt()).isEqualTo(6);
        if (dialect == Dialect.PYTHON) {
            assertThat(facts.get("slow").toString()).isEqualTo("[0,1,\"cancelled\"]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void faultsAreCaughtAndNamed(Dialect dialect) throws Exception {
        JsonNode facts = facts(dialect, "files_and_faults");
        assertThat(facts.get("lines").size()).isEqualTo(2);
        JsonNode faults = facts.get("faults");
        assertThat(faults.get("model").asString()).contains("'no-such-model' not found; loaded: ");
        assertThat(faults.get("empty").asString()).contains("empty input");
        assertThat(faults.get("lengths").asString()).contains("give one position per id");
        assertThat(faults.get("constrain").asString()).contains("a Constraint or a list of them, got");
        assertThat(faults.get("schema").asString()).contains("line 1, column 2");
        assertThat(faults.get("mcp").asString()).contains("'nobody' not found; registered: notes");
        assertThat(faults.get("adapter").asString()).isEqualTo("absent");
        assertThat(faults.get("image").asString()).contains("no loaded model takes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"from inferlet.eta import *", "from inferlet import eta", "from wit_world.imports import session"
            })
    void whatIsNotHereSaysWhatToDo(String source) throws Exception {
        InferletProcess process =
                instance.runtime().launch(LaunchRequest.of(ProgramSource.of(Language.PYTHON, "main.py", source), "[]"));
        Outcome outcome = process.outcome().get(300, TimeUnit.SECONDS);
        assertThat(outcome.toString())
                .contains("ImportError", source.contains("eta") ? "ctx.generate()" : "the module inferlet");
    }
}
