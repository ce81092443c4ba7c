package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.adapter.AdapterShelf;
import pie.engine.adapter.NamedAdapter;
import pie.engine.event.ProcessEvent;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoadedModel;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.mcp.McpServer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Say the same in Python, JavaScript and Java and get the same answer. Each page of {@code conformance/} is one behaviour: what must
 * come out, and three programs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class GuestConformanceTest {
    private static final GuestPolicy POLICY = GuestPolicy.DEFAULT
            .withCaps(Permissions.ALL)
            .withPrivateHosts(List.of("127.0.0.1"))
            .withQuotas(new GuestPolicy.FileQuota(1 << 20, 100), new GuestPolicy.FileQuota(1 << 20, 100));
    private static final RuntimeConfig CONFIG = TestRuntime.config(ConformanceCase.LANGUAGES.toArray(new Language[0]))
            .withPolicy(POLICY);

    @TempDir
    static Path snapshots;

    @TempDir
    static Path shared;

    private final List<ConformanceCase> cases = ConformanceCase.all();
    private TestRuntime t;
    private TestWeb web;

    @BeforeAll
    void start() throws IOException {
        web = new TestWeb();
        t = new TestRuntime(
                "dummy",
                CONFIG,
                Optional.of(SnapshotStore.open(SnapshotConfig.of(snapshots))),
                model -> List.of(
                        model,
                        ToolModel.of(model, "tools"),
                        new LoadedModel(
                                TestRuntime.NO_ADAPTERS, model.config(), model.tokenizer(), model.chatTemplate()),
                        ThinkingModel.of(model, "thinking", false),
                        ThinkingModel.of(model, "thinking at once", true)));
        AdapterShelf adapters = t.engine.adapters();
        NamedAdapter made = adapters.create("operator", "made");
        made.evolve(1, 1, 1, 1, 1);
        made.save(AdapterFolder.of(shared));
        adapters.share("shared", AdapterFolder.of(shared));
    }

    Stream<Arguments> programs() {
        return cases.stream().flatMap(c -> ConformanceCase.LANGUAGES.stream().map(l -> Arguments.of(c.name(), l, c)));
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("programs")
    void holds(String name, Language language, ConformanceCase c) throws Exception {
        check(language, c);
    }

    private void check(Language language, ConformanceCase c) throws Exception {
        var source = new ProgramSource(language, language.defaultFile(), c.program(language), c.files(), "main");
        InferletProcess process = t.runtime.launch(new LaunchRequest(
                        OwnerId.LOCAL,
                        source,
                        input(c),
                        c.model(),
                        Budget.UNLIMITED,
                        Map.of(),
                        OptionalLong.empty(),
                        true)
                .permitted(permissions(c))
                .calling(Map.of(
                        "tools",
                        new McpServer.Http(web.url() + "/mcp", Map.of()),
                        "away",
                        new McpServer.Http(web.url() + "/missing", Map.of()))));
        c.receives().forEach(process::deliver);
        Outcome outcome = process.outcome().get(120, TimeUnit.SECONDS);
        assertThat(outcome).as(c.name() + " in " + language + ": " + outcome).isInstanceOf(Outcome.Completed.class);
        assertThat(value(((Outcome.Completed) outcome).value()))
                .as(c.name() + " in " + language)
                .isEqualTo(value(c.expected()));
        assertThat(sent(process)).as(c.name() + " in " + language).isEqualTo(c.sends());
    }

    private String input(ConformanceCase c) {
        return c.needs().contains("network") ? JsonMapper.shared().writeValueAsString(web.input()) : "{}";
    }

    private Permissions permissions(ConformanceCase c) {
        Permissions some = Permissions.DEFAULT.withFiles(c.needs().contains("files"));
        return c.needs().contains("network") ? some.withNetwork(NetworkRule.of(List.of(web.address()))) : some;
    }

    /** Read a result: JSON, or else text. */
    private static Object value(String text) {
        return text.startsWith("{") || text.startsWith("\"")
                ? JsonMapper.shared().readValue(text, Object.class)
                : text;
    }

    private static List<String> sent(InferletProcess process) throws InterruptedException {
        var sent = new ArrayList<String>();
        for (ProcessEvent event : TestRuntime.events(process)) {
            if (event instanceof ProcessEvent.Message message) {
                sent.add(message.text());
            }
        }
        return sent;
    }

    /** Each row of the list is a member of the interface as it is written in Python, JavaScript and Java; a case must use it. */
    @Test
    void everyMemberHasACaseInEveryLanguage() {
        Assumptions.assumeTrue(System.getProperty("pie.case", "").isEmpty(), "some cases were left out");
        var missing = new ArrayList<String>();
        for (String row : ConformanceCase.members()) {
            String[] columns = row.split("\\|");
            if (row.startsWith("#") || row.isBlank()) {
                continue;
            }
            assertThat(columns).as(row).hasSize(ConformanceCase.LANGUAGES.size());
            for (int i = 0; i < columns.length; i++) {
                Language language = ConformanceCase.LANGUAGES.get(i);
                String member = columns[i].strip();
                if (cases.stream().noneMatch(c -> c.program(language).contains(member))) {
                    missing.add(language.word() + ": " + member);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    /** What no model offers: media. */
    private static final Pattern NOT_OFFERED = Pattern.compile(
            "speak|from_bytes|fromBytes|(append|input)_?(image|audio|video)s?", Pattern.CASE_INSENSITIVE);

    /** The list of members is as long as the interface: each name that an editor offers is used by a case. */
    @ParameterizedTest
    @EnumSource(names = {"PYTHON", "JAVASCRIPT", "JAVA"})
    void everyNameHasACase(Language language) throws Exception {
        Assumptions.assumeTrue(System.getProperty("pie.case", "").isEmpty(), "some cases were left out");
        String programs = cases.stream().map(c -> c.program(language)).collect(Collectors.joining());
        Set<String> used = Pattern.compile("\\w+")
                .matcher(programs)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
        assertThat(MemberNames.of(language))
                .hasSizeGreaterThan(200)
                .filteredOn(name ->
                        !used.contains(name) && !NOT_OFFERED.matcher(name).matches())
                .isEmpty();
    }

    @AfterEach
    void leavesNothing() {
        t.audit();
    }

    @AfterAll
    void stop() {
        t.close();
        web.close();
    }
}
