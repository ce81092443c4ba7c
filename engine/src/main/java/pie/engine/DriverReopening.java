package pie.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;

/**
 * Close a driver whose device was lost and open it again: at once, and then with pauses of half a second to a minute, on a thread of
 * its own. What comes back must be as it was.
 */
final class DriverReopening implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverReopening.class);
    private static final long FIRST_MILLIS = 500;
    private static final long MOST_MILLIS = 60_000;

    private final String model;
    private final Driver lost;
    private final IntFunction<Driver> opener;
    private final Consumer<Driver> opened;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param opener given the number of pages that the lost driver had
     * @param opened takes the new driver, once
     */
    DriverReopening(String model, Driver lost, IntFunction<Driver> opener, Consumer<Driver> opened) {
        this.model = model;
        this.lost = lost;
        this.opener = opener;
        this.opened = opened;
        thread = Thread.ofPlatform().name("driver-reopening " + model).daemon().start(this);
    }

    @Override
    public void run() {
        DriverCapabilities before = lost.capabilities();
        try {
            closeLost();
            for (long pause = FIRST_MILLIS; !reopened(before); pause = Math.min(MOST_MILLIS, 2 * pause)) {
                if (stop.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("the driver of {} is not opened again: somebody interrupted that", model);
        }
    }

    private void closeLost() {
        try {
            lost.close();
        } catch (RuntimeException e) {
            LOG.warn("the lost driver of {} did not close: {}", model, e.toString(), e);
        }
    }

    private boolean reopened(DriverCapabilities before) {
        try {
            Driver next = opener.apply(before.totalPages());
            if (!next.capabilities().equals(before)) {
                next.close();
                throw new PieException(
                        ErrorCode.DRIVER_FAILURE, "it is another one: " + next.capabilities() + " and was " + before);
            }
            opened.accept(next);
            LOG.info("the driver of {} is open again", model);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("the driver of {} cannot be opened again yet: {}", model, e.toString());
            return false;
        }
    }

    /** Give up, and wait until nothing is being opened any more. */
    void stop() {
        stop.countDown();
        LoopThread.awaitEnd(thread);
    }
}
