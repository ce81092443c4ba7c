package pie.cli.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pie.cli.PieHome;
import pie.cli.models.ModelStore;
import pie.cli.models.StoredModel;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverConfig;
import pie.runtime.InferletRuntime;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;

/** Look at the models, and start an engine with each guest language for a moment. */
public final class EngineChecks {
    private static final Duration GUEST_LIMIT = Duration.ofSeconds(60);

    private EngineChecks() {}

    public static List<Finding> models() {
        ModelStore store = ModelStore.of(PieHome.path());
        List<StoredModel> pulled =
                store.list().stream().filter(m -> m.path().isPresent()).toList();
        List<Finding> findings = new ArrayList<>();
        for (StoredModel model : pulled) {
            findings.add(
                    model.supported()
                            ? Finding.ok(
                                    "model",
                                    model.name() + ", " + model.architecture() + ", " + mib(model.bytes()) + " MiB")
                            : Finding.note(
                                    "model", model.name() + ": " + model.problem(), "it cannot be run by this pie"));
        }
        if (pulled.stream().noneMatch(m -> m.name().equals(store.defaultName()))) {
            findings.add(Finding.note(
                    "model",
                    store.defaultName() + ", the default, is not here yet",
                    "it is fetched at the first run, or by pie model pull " + store.defaultName()));
        }
        return findings;
    }

    /** Open the default model on the CPU and warm one guest of each language on it. */
    public static List<Finding> engine() throws InterruptedException {
        ModelStore store = ModelStore.of(PieHome.path());
        Optional<Path> model = store.find(store.defaultName());
        if (model.isEmpty()) {
            return List.of(Finding.note("engine", "not started, since the default model is not here", ""));
        }
        var config = new InstanceConfig(
                store.defaultName(),
                model.get(),
                "cpu",
                DriverConfig.DEFAULT.withOption("warmup", "false"),
                EngineConfig.DEFAULT,
                RuntimeConfig.DEFAULT.withLanguages(Set.of()).withPoolMin(0));
        List<Finding> findings = new ArrayList<>();
        long start = System.nanoTime();
        try (Instance instance = Instance.open(config, line -> {})) {
            Engine engine = instance.runtime().engines().getFirst();
            DriverCapabilities c = engine.capabilities();
            findings.add(Finding.ok(
                    "engine",
                    "%s in %s; %d pages of %d tokens"
                            .formatted(c.kernels(), seconds(start), c.totalPages(), c.pageSize())));
            for (Set<Language> family : List.of(
                    EnumSet.of(Language.PYTHON),
                    EnumSet.of(Language.JAVASCRIPT, Language.TYPESCRIPT),
                    EnumSet.of(Language.JAVA))) {
                findings.add(guest(family, engine));
            }
        } catch (PieException e) {
            findings.add(Finding.failed("engine", e.message(), "pie doctor -vv says more"));
        }
        return findings;
    }

    private static Finding guest(Set<Language> family, Engine engine) throws InterruptedException {
        String name = family.stream().map(Language::word).collect(Collectors.joining(", "));
        long start = System.nanoTime();
        RuntimeConfig config = RuntimeConfig.DEFAULT.withLanguages(family).withPoolMin(1);
        try (InferletRuntime runtime = InferletRuntime.start(config, List.of(engine))) {
            return runtime.awaitWarm(family, GUEST_LIMIT)
                    ? Finding.ok("guest", name + " ready in " + seconds(start))
                    : Finding.failed(
                            "guest",
                            name + " is not ready after " + seconds(start),
                            "free some memory, then pie doctor -v");
        } catch (PieException e) {
            return Finding.failed("guest", name + ": " + e.message(), "pie doctor -v says more");
        }
    }

    private static String seconds(long startNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startNanos) / 1e9);
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
