package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.EngineConfig;
import pie.engine.adapter.AdapterShelf;
import pie.engine.adapter.NamedAdapter;
import pie.engine.driver.DriverConfig;
import pie.engine.model.AdapterFolder;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/** An instance shares the adapters of its configuration, or does not open. */
class SharedAdaptersTest {
    @TempDir
    Path folder;

    private static Instance open(Map<String, Path> adapters) {
        return Instance.open(
                new InstanceConfig(
                                TestModel.NAME,
                                TestModel.path(),
                                "dummy",
                                DriverConfig.DEFAULT.withPages(16),
                                EngineConfig.DEFAULT,
                                RuntimeConfig.DEFAULT.withPoolMin(0).withLanguages(Set.of(Language.JAVA)))
                        .withAdapters(adapters),
                line -> {});
    }

    private Path saved() {
        try (ModelFiles files = Models.open(TestModel.path())) {
            NamedAdapter adapter = new AdapterShelf("m", files.config(), 1, 8).create("somebody", "made");
            adapter.evolve(2, 4, 1, 1, 0.1);
            adapter.save(AdapterFolder.of(folder.resolve("saved")));
        }
        return folder.resolve("saved");
    }

    @Test
    void allUsersHaveThem() {
        try (Instance instance = open(Map.of("style", saved()))) {
            AdapterShelf adapters = instance.runtime().engines().getFirst().adapters();
            NamedAdapter shared = adapters.open("anybody", "style").orElseThrow();
            assertThat(shared.shared()).isTrue();
            assertThat(shared.current().orElseThrow().numbers().targets()).isNotEmpty();
            assertThat(adapters.open("anybody", "other")).isEmpty();
        }
    }

    @Test
    void whatCannotBeReadKeepsItFromOpening() {
        Path nothing = folder.resolve("nothing");
        assertThatThrownBy(() -> open(Map.of("style", nothing))).hasMessageContaining(nothing.toString());
    }
}
