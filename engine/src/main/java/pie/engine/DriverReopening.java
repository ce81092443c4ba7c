package pie.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.driver.Driver;

/**
 * Open the driver again after its device was lost, when all processes that were on it have ended; later and later if that fails. Until
 * then everything is answered with DEVICE_LOST.
 */
final class DriverReopening implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverReopening.class);
    private static final long LOOK_MILLIS = 20;
    private static final long FIRST_MILLIS = 500;
    private static final long MOST_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final EngineCore old;
    private final Supplier<Driver> opener;
    private final Consumer<Driver> opened;
    private final Thread thread;

    /** @param opened takes the new driver */
    DriverReopening(EngineCore old, Supplier<Driver> opener, Consumer<Driver> opened) {
        this.old = old;
        this.opener = opener;
        this.opened = opened;
        thread = Thread.ofPlatform()
                .name("driver-reopening " + old.loop.model.name())
                .daemon()
                .unstarted(this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (processes() > 0) {
                Thread.sleep(LOOK_MILLIS);
            }
            closeOld();
            long pause = FIRST_MILLIS;
            while (!reopened()) {
                Thread.sleep(pause);
                pause = Math.min(MOST_MILLIS, 2 * pause);
            }
        } catch (InterruptedException e) {
            LOG.info("the driver is not opened again: the engine ends");
        }
    }

    private int processes() {
        CompletableFuture<Integer> reply = new CompletableFuture<>();
        old.loop.completion(() -> reply.complete(old.loop.processes.size()));
        return reply.join();
    }

    private void closeOld() {
        try {
            old.close();
        } catch (RuntimeException e) {
            LOG.warn("the lost driver did not close: {}", e.toString(), e);
        }
    }

    private boolean reopened() {
        try {
            opened.accept(opener.get());
            LOG.info("the driver of {} is open again", old.loop.model.name());
            return true;
        } catch (RuntimeException e) {
            LOG.warn("the driver of {} cannot be opened again yet: {}", old.loop.model.name(), e.toString());
            return false;
        }
    }

    /** Give up, and wait until nothing is being opened any more. */
    void stop() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
