package pie.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.e2e.Capability.of;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.process.InferletProcess;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.Permissions;
import pie.runtime.mcp.McpServer;
import pie.server.Instance;
import tools.jackson.databind.JsonNode;

/** Run the programs of the capability list that reach beyond the model: the web, tools, files, messages, other processes, later runs. */
class WorldCapabilitiesTest {
    private static final Permissions PERMITTED = Permissions.ALL.withPublish(false);
    private static Instance instance;
    private static Neighbour web;

    @TempDir
    static Path folder;

    private static final Capability CHILDREN =
            of("children", "{\"children\":12,\"mib\":1}", "sum lines_intact failed same_user detached late", r -> {
                assertThat(r.get("sum").asInt()).isIn(66, 124_750);
                assertThat(r.get("nested").asInt()).isEqualTo(10);
                assertThat(r.get("payload_intact").asBoolean()).isTrue();
                assertThat(r.get("lines_intact").asBoolean()).isTrue();
                assertThat(r.get("failed").asString()).isEqualTo("GUEST_ERROR: no luck ✗");
                assertThat(r.get("pid").asString()).matches("[0-9a-f-]{14}4[0-9a-f-]{21}");
                assertThat(r.get("same_user").asBoolean()).isTrue();
                assertThat(r.get("detached").asString()).isEqualTo("told");
                assertThat(r.get("late").asString()).isEqualTo("TIMEOUT");
                assertThat(r.get("cancelled").valueStream().map(JsonNode::asString))
                        .containsExactly("CANCELLED: cancelled", "CANCELLED: cancelled");
                assertThat(r.get("cancelled_after_its_end").asString()).isEqualTo("done");
                assertThat(r.get("bad_name").asString()).isEqualTo("INVALID_ARGUMENT");
                assertThat(r.get("missing").asString()).isEqualTo("NOT_FOUND");
            });
    private static final Capability TOOLS_IN_FLIGHT =
            of("tools_in_flight", "", "text before after checkpoint_holds", r -> {
                assertThat(r.get("text").asString()).contains(" [weather: 3 degrees, light rain] So");
                assertThat(r.get("text").asString().chars().filter(c -> c == '['))
                        .hasSize(1);
                assertThat(r.get("before").asInt()).isEqualTo(12);
                assertThat(r.get("after").asInt()).isEqualTo(12);
                assertThat(r.get("checkpoint_holds").asBoolean()).isTrue();
            });
    private static final Capability TOOL_USE = of("tool_use", """
            {"max_tokens": 8, "mcp": [{"server": "notes", "tool": "add", "arguments": {"a": 2, "b": 3}},
             {"server": "notes", "tool": "fail"}, {"server": "nobody", "tool": "add"}]}""", "tool arguments result answer servers", r -> {
        assertThat(r.get("tool").asString()).isIn("temperature", "capital");
        assertThat(r.get("arguments").size()).isEqualTo(1);
        assertThat(r.get("bad_arguments").asString()).isEqualTo("INVALID_ARGUMENT");
        assertThat(r.get("servers").toString())
                .isEqualTo("[{\"text\":\"5\",\"failed\":false},{\"text\":\"broken\",\"failed\":true},"
                        + "{\"text\":\"NOT_FOUND\",\"failed\":true}]");
    });
    private static final Capability WEB_CLIENT = of("web_client", "", "redirected posted streamed pages missing", r -> {
        assertThat(r.get("redirected").toString()).isEqualTo("[200,true,\"hello\"]");
        assertThat(r.get("posted").get("mark").asString()).isEqualTo("m");
        assertThat(r.get("posted").get("n").asInt()).isEqualTo(1);
        assertThat(r.get("streamed").asInt()).isEqualTo(13);
        assertThat(r.get("pages").valueStream().map(JsonNode::asString))
                .containsExactly("n=0", "n=1", "n=2", "n=3", "n=4", "n=5", "n=6", "n=7");
        assertThat(r.get("missing").asInt()).isEqualTo(404);
        assertThat(r.get("private_refused").toString()).isEqualTo("[true,true,true]");
    });
    private static final Capability REMINDERS = of("reminders", "{}", "first second", r -> {
        assertThat(r.get("slept").asBoolean()).isTrue();
        assertThat(r.get("quiet").asBoolean()).isTrue();
        assertThat(r.get("cancelled").asBoolean()).isTrue();
        assertThat(r.get("first").asString()).isEqualTo("one");
        assertThat(r.get("second").asString()).isEqualTo("two");
    });
    private static final Capability REMEMBER = of("remember", "{}", "answer known_before tokens", r -> {});
    private static final Capability NOTEBOOK = of("notebook", "{}", "", r -> {});
    private static final Capability BIDS = of("bids", "{}", "", r -> {
        assertThat(r.get("standard").asBoolean()).isTrue();
        assertThat(r.get("bids").get("one pass").asDouble()).isEqualTo(0.25);
        assertThat(r.get("bids").get("after it").asBoolean()).isTrue();
        assertThat(r.get("bids").get("held").toString()).isEqualTo("[0.5,0.5]");
        assertThat(r.get("bids").get("idle").asDouble()).isZero();
        assertThat(r.get("bids").get("resumed").asDouble()).isEqualTo(0.5);
        assertThat(r.get("bids").get("fork, first pass").asDouble()).isEqualTo(0.75);
        assertThat(r.get("spent_is_rent_and_make").asBoolean()).isTrue();
    });

    static Stream<Capability> rows() {
        return Stream.of(CHILDREN, TOOLS_IN_FLIGHT, TOOL_USE, WEB_CLIENT, REMINDERS, REMEMBER, NOTEBOOK, BIDS);
    }

    /** Those that need no more than a launch. */
    static Stream<Capability> plain() {
        return Stream.of(
                CHILDREN,
                TOOLS_IN_FLIGHT.with("{\"url\":\"" + web.url() + "/weather\"}"),
                TOOL_USE,
                WEB_CLIENT.with("{\"url\":\"" + web.url() + "\"}"),
                BIDS);
    }

    private static Instance start(int pages) {
        GuestPolicy policy = GuestPolicy.DEFAULT
                .withCaps(Permissions.ALL)
                .withPrivateHosts(List.of("127.0.0.1"))
                .withDataFolder(folder.resolve("data"))
                .withQuotas(new GuestPolicy.FileQuota(1 << 20, 100), new GuestPolicy.FileQuota(1 << 20, 100))
                .withMcp(Map.of("notes", new McpServer.Http(web.url() + "/mcp", Map.of())));
        return Stack.open(EnumSet.allOf(Language.class), pages, policy, Optional.of(folder.resolve("snapshots")))
                .instance();
    }

    @BeforeAll
    static void open() throws IOException {
        web = new Neighbour();
        instance = start(2048);
    }

    @AfterAll
    static void close() {
        instance.close();
        web.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plain")
    void holdsInEveryLanguage(Capability row) throws Exception {
        row.check(instance.runtime());
    }

    @Test
    @EnabledIfSystemProperty(named = "pie.all", matches = "true")
    void fiveHundredChildrenAndEightMebibytes() throws Exception {
        CHILDREN.with("{\"children\":500,\"mib\":8}").check(instance.runtime());
    }

    @Test
    void whatIsSaidWhileNobodyWaitsIsNotLost() throws Exception {
        var results = new ArrayList<JsonNode>();
        for (Path program : REMINDERS.programs()) {
            InferletProcess process = Capability.launch(instance.runtime(), program, "{}", PERMITTED);
            try (var watcher = process.log().watch(0, false)) {
                boolean asked = false;
                while (!asked && watcher.next(Duration.ofMinutes(2)) instanceof EventLog.Next.Event(ProcessEvent e)) {
                    asked = e instanceof ProcessEvent.Message message
                            && message.text().equals("speak");
                }
            }
            process.deliver("one");
            process.deliver("two");
            JsonNode result = Capability.result(process, program);
            REMINDERS.check(result, program);
            results.add(result);
        }
        REMINDERS.agree(results);
    }

    @Test
    void aTalkGoesOnInALaterProcessAndAfterTheEngine() throws Exception {
        String first = "{\"name\":\"%s\",\"max_tokens\":8}";
        String second = "{\"name\":\"%s\",\"max_tokens\":8,\"text\":\"And the sun?\"}";
        var turns = new ArrayList<JsonNode>();
        for (Path program : REMEMBER.programs()) {
            String name = program.getFileName().toString();
            JsonNode one = turn(program, first.formatted(name));
            assertThat(one.get("known_before").asInt()).isZero();
            assertThat(one.get("kept_days").asDouble()).isEqualTo(7);
            assertThat(one.get("talks").valueStream().map(JsonNode::asString)).contains("talks/" + name);
            JsonNode two = turn(program, second.formatted(name));
            assertThat(two.get("known_before").asInt())
                    .isEqualTo(one.get("tokens").asInt());
            assertThat(two.get("computed").asInt()).isLessThan(two.get("tokens").asInt() - 16);
            turns.add(two);
        }
        REMEMBER.agree(turns);
        instance.close();
        instance = start(2048);
        var later = new ArrayList<JsonNode>();
        for (int i = 0; i < turns.size(); i++) {
            Path program = REMEMBER.programs().get(i);
            String name = program.getFileName().toString();
            JsonNode three = turn(program, second.formatted(name));
            assertThat(three.get("known_before").asInt())
                    .isEqualTo(turns.get(i).get("tokens").asInt());
            assertThat(three.get("computed").asInt())
                    .isLessThan(three.get("tokens").asInt() - 16);
            later.add(three);
            JsonNode forgotten = turn(program, "{\"name\":\"" + name + "\",\"forget\":true}");
            assertThat(forgotten.get("talks").valueStream().map(JsonNode::asString))
                    .doesNotContain("talks/" + name);
        }
        REMEMBER.agree(later);
    }

    private static JsonNode turn(Path program, String input) throws Exception {
        return Capability.result(Capability.launch(instance.runtime(), program, input, PERMITTED), program);
    }

    @Test
    void notesAreKeptAndScratchPaperIsNot() throws Exception {
        for (Path program : NOTEBOOK.programs()) {
            String name = program.getFileName().toString();
            JsonNode one = turn(program, "{\"note\":\"tea of " + name + "\",\"fill\":true}");
            assertThat(one.get("notes")
                            .valueStream()
                            .map(JsonNode::asString)
                            .toList()
                            .getLast())
                    .isEqualTo("tea of " + name);
            assertThat(one.get("full").asString()).isEqualTo("ENOSPC");
            assertThat(one.get("used").asInt()).isPositive();
            assertThat(one.get("allowed").asInt()).isEqualTo(1 << 20);
            assertThat(one.get("outside").asString()).isEqualTo("refused");
            JsonNode two = turn(program, "{\"note\":\"jam of " + name + "\"}");
            assertThat(two.get("notes").valueStream().map(JsonNode::asString))
                    .endsWith("tea of " + name, "jam of " + name);
            assertThat(two.get("left_in_scratch").size()).isZero();
            JsonNode none = Capability.result(
                    Capability.launch(instance.runtime(), program, "{}", PERMITTED.withFiles(false)), program);
            assertThat(none.toString()).isEqualTo("{\"refused\":true}");
        }
    }

    @Test
    void theSchedulerNamesWhoTookThePages() throws Exception {
        try (Instance tight = start(24)) {
            for (Path program : BIDS.programs()) {
                JsonNode report = Capability.result(
                        Capability.launch(tight.runtime(), program, "{\"rivals\":4}", PERMITTED), program);
                assertThat(report.get("made").toString()).isEqualTo("[48,48,48,48]");
                assertThat(report.get("displaced_by").valueStream())
                        .as(program + ": " + report)
                        .isNotEmpty()
                        .allMatch(by -> by.get("process").equals(report.get("process")));
                assertThat(report.get("missed").get("counts").get("excluded").asInt())
                        .isPositive();
                tight.runtime().engines().forEach(engine -> engine.checkIntegrity());
            }
        }
    }
}
