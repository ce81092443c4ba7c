package pie.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.testing.TestModel;
import pie.runtime.GuestPolicy;
import pie.runtime.Language;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;

/** Bring up the real model, the CPU driver and all guest languages, once for all tests of a class. */
final class Stack implements AutoCloseable {
    static final Path ROOT = root();
    private final Instance instance;

    private Stack(Instance instance) {
        this.instance = instance;
    }

    static Stack open(Set<Language> languages) {
        return open(languages, 4096);
    }

    static Stack open(Set<Language> languages, int pages) {
        return open(languages, pages, GuestPolicy.DEFAULT, Optional.empty());
    }

    /** @param snapshots folder that keeps them, if there shall be any */
    static Stack open(Set<Language> languages, int pages, GuestPolicy policy, Optional<Path> snapshots) {
        var runtime = RuntimeConfig.DEFAULT
                .withPoolMin(1)
                .withLanguages(EnumSet.copyOf(languages))
                .withPolicy(policy);
        return new Stack(Instance.open(
                new InstanceConfig(
                                TestModel.NAME,
                                TestModel.path(),
                                "cpu",
                                DriverConfig.DEFAULT.withPages(pages),
                                EngineConfig.DEFAULT,
                                runtime)
                        .withSnapshots(snapshots.map(SnapshotConfig::of)),
                line -> {}));
    }

    Instance instance() {
        return instance;
    }

    Engine engine() {
        return instance.runtime().engines().getFirst();
    }

    /** Read a program of the repository, e.g. {@code examples/python/hello.py}. */
    static ProgramSource program(String path) throws java.io.IOException {
        Path file = ROOT.resolve(path);
        Language language = Language.ofFile(file.toString()).orElseThrow();
        return ProgramSource.of(language, file.getFileName().toString(), Files.readString(file));
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples"))) {
            at = java.util.Objects.requireNonNull(at.getParent(), "no examples folder above the working directory");
        }
        return at;
    }

    @Override
    public void close() {
        instance.close();
    }
}
