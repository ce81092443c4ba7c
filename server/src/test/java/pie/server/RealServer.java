package pie.server;

import java.nio.file.Path;
import java.util.Set;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/** Start a server with everything real: the default model on the CPU driver, all guest languages. */
final class RealServer {
    private RealServer() {}

    static PieServer start(Path home) {
        ServerConfig config = TestServer.config(home);
        return PieServer.start(config, () -> Instance.open(instance(), line -> {}));
    }

    /** Start one whose driver computes nothing that a model means, for tests of what lies over it. */
    static PieServer dummy(Path home, RuntimeConfig guests) {
        var instance = new InstanceConfig(
                TestModel.NAME,
                TestModel.path(),
                "dummy",
                DriverConfig.DEFAULT.withPages(512),
                EngineConfig.DEFAULT,
                guests);
        return PieServer.start(TestServer.config(home), () -> Instance.open(instance, line -> {}));
    }

    static InstanceConfig instance() {
        return new InstanceConfig(
                "smollm2-135m-instruct",
                TestModel.path(),
                "cpu",
                DriverConfig.DEFAULT.withPages(512),
                EngineConfig.DEFAULT,
                RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.values())));
    }
}
