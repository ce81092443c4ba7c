package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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

/** Keep what the pages of {@code conformance/} need to run: models, files, the web, a shared adapter. */
final class ConformanceScene implements AutoCloseable {
    private static final GuestPolicy POLICY = GuestPolicy.DEFAULT
            .withCaps(Permissions.ALL)
            .withPrivateHosts(List.of("127.0.0.1"))
            .withQuotas(new GuestPolicy.FileQuota(1 << 20, 100), new GuestPolicy.FileQuota(1 << 20, 100));

    private final TestRuntime t;
    private final TestWeb web;

    /** @param snapshots empty folder, as is {@code shared} */
    ConformanceScene(List<Language> languages, UnaryOperator<RuntimeConfig> configured, Path snapshots, Path shared)
            throws IOException {
        web = new TestWeb();
        t = new TestRuntime(
                "dummy",
                configured.apply(
                        TestRuntime.config(languages.toArray(new Language[0])).withPolicy(POLICY)),
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

    /** Run a case and compare what comes out. @param patience after which it hangs */
    void check(Language language, ConformanceCase c, Duration patience) throws Exception {
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
        Outcome outcome = process.outcome().get(patience.toSeconds(), TimeUnit.SECONDS);
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

    /** Check that no program has left anything. */
    void audit() {
        t.audit();
    }

    @Override
    public void close() {
        t.close();
        web.close();
    }
}
