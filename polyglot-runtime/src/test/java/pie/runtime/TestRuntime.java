package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.testing.TestModel;

/** Keep one engine over the default model's tokenizer and template, and a runtime over it. */
public final class TestRuntime implements AutoCloseable {
    /** Name of a model whose driver takes no adapters. */
    static final String NO_ADAPTERS = "no adapters";

    final Engine engine;
    private final List<Engine> engines = new ArrayList<>();
    final InferletRuntime runtime;
    private final ModelFiles files;
    private final Optional<SnapshotStore> snapshots;

    /** Start over a driver kind: {@code dummy} or {@code cpu}. */
    TestRuntime(String kind, RuntimeConfig config) {
        this(kind, config, Optional.empty());
    }

    /** Start over a driver kind, with a store of snapshots that is closed with the runtime. */
    TestRuntime(String kind, RuntimeConfig config, Optional<SnapshotStore> snapshots) {
        this(kind, config, snapshots, List::of);
    }

    /** Start over a driver kind, with models made of the default one. */
    TestRuntime(
            String kind,
            RuntimeConfig config,
            Optional<SnapshotStore> snapshots,
            Function<LoadedModel, List<LoadedModel>> variants) {
        this.snapshots = snapshots;
        files = Models.open(TestModel.path());
        var plain = new LoadedModel(TestModel.NAME, files.config(), files.tokenizer(), files.chatTemplate());
        DriverProvider provider = ServiceLoader.load(DriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.kind().equals(kind))
                .findFirst()
                .orElseThrow();
        DriverConfig driver = DriverConfig.DEFAULT.withPages(512);
        for (LoadedModel model : variants.apply(plain)) {
            engines.add(Engine.start(
                    model,
                    provider.open(
                            files,
                            model.name().equals(NO_ADAPTERS) ? driver.withOption("adapters", "0") : driver,
                            line -> {}),
                    EngineConfig.DEFAULT,
                    snapshots));
        }
        engine = engines.getFirst();
        runtime = InferletRuntime.start(config, engines);
    }

    static RuntimeConfig config(Language... languages) {
        return new RuntimeConfig(
                Set.of(languages),
                1,
                false,
                8,
                64,
                Duration.ofSeconds(2),
                RuntimeConfig.DEFAULT.guestMemory(),
                EventLog.Limits.DEFAULT,
                Duration.ofMinutes(1));
    }

    InferletProcess launch(Language language, String code, String input) {
        return runtime.launch(LaunchRequest.of(ProgramSource.of(language, language.defaultFile(), code), input));
    }

    Outcome run(Language language, String code, String input) throws Exception {
        return launch(language, code, input).outcome().get(180, TimeUnit.SECONDS);
    }

    String value(Language language, String code, String input) throws Exception {
        Outcome outcome = run(language, code, input);
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome).value();
    }

    Outcome.Failed failure(Language language, String code) throws Exception {
        Outcome outcome = run(language, code, "{}");
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Outcome.Failed.class);
        return (Outcome.Failed) outcome;
    }

    static List<ProcessEvent> events(InferletProcess process) throws InterruptedException {
        var events = new ArrayList<ProcessEvent>();
        try (EventLog.Watcher watcher = process.log().watch(0, false)) {
            while (true) {
                switch (watcher.next(Duration.ofSeconds(30))) {
                    case EventLog.Next.Event e -> events.add(e.event());
                    case EventLog.Next.Gap gap -> {}
                    case EventLog.Next.Silence silence -> throw new AssertionError("no event within 30 s");
                    case EventLog.Next.End end -> {
                        return events;
                    }
                }
            }
        }
    }

    static String printed(InferletProcess process) throws InterruptedException {
        var text = new StringBuilder();
        for (ProcessEvent event : events(process)) {
            if (event instanceof ProcessEvent.Stdout out) {
                text.append(out.text());
            }
        }
        return text.toString();
    }

    static Map<String, Object> details(Outcome.Failed failed) {
        return failed.details();
    }

    /** Check that no page and no context is left behind. */
    void audit() {
        for (Engine each : engines) {
            each.checkIntegrity();
            EngineStats stats = each.stats();
            assertThat(stats.contexts()).isZero();
            assertThat(stats.pagesFree() + stats.pagesRetained()).isEqualTo(stats.pagesTotal());
        }
        assertThat(runtime.stuckThreads()).isZero();
    }

    @Override
    public void close() {
        runtime.close();
        engines.forEach(Engine::close);
        snapshots.ifPresent(SnapshotStore::close);
        files.close();
    }
}
