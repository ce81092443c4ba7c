package pie.engine;

import org.jspecify.annotations.Nullable;
import pie.engine.driver.Driver;

/** Hold what lives as long as one opened driver: the driver, the loop over it, and the loop's thread. */
final class EngineCore {
    final Driver driver;
    final EngineLoop loop;
    private final @Nullable LoopThread thread;

    EngineCore(EngineLoop loop, @Nullable LoopThread thread) {
        this.driver = loop.driver;
        this.loop = loop;
        this.thread = thread;
    }

    /** End all work and close the driver. */
    void close() {
        if (thread != null) {
            thread.close();
        }
        driver.close();
        loop.hostCopies.close();
    }
}
