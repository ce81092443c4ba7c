package pie.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.RuntimeConfig;

/** Run one server for all tests with everything real: the default model on the CPU driver, all guest languages. */
final class RealServer {
    static final int PAGES = 512;
    private static final PieServer SHARED = start();

    private RealServer() {}

    /** Return the server; it ends with the JVM. */
    static PieServer shared() {
        return SHARED;
    }

    private static PieServer start() {
        try {
            ServerConfig config = TestServer.config(Files.createTempDirectory("pie-home"));
            PieServer server = PieServer.start(config, () -> Instance.open(instance(), line -> {}));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InstanceConfig instance() {
        return new InstanceConfig(
                "smollm2-135m-instruct",
                TestModel.path(),
                "cpu",
                DriverConfig.DEFAULT.withPages(PAGES),
                EngineConfig.DEFAULT,
                RuntimeConfig.DEFAULT.withPoolMin(1));
    }
}
