package pie.server;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feel whether an engine's loop lives: at most one question is open, and the time since the last answer is its silence. What an engine
 * counts is not asked for here, it stands on its board.
 */
final class EnginePulse {
    private static final Logger LOG = LoggerFactory.getLogger(EnginePulse.class);

    private final String model;
    private final Runnable question;
    private final AtomicBoolean open = new AtomicBoolean();
    private volatile long answered = System.nanoTime();

    /** @param question returns when the loop has answered it */
    EnginePulse(String model, Runnable question) {
        this.model = model;
        this.question = question;
    }

    String model() {
        return model;
    }

    /** Return how long the loop has not answered. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - answered);
    }

    /** Ask, unless a question is open; returns at once. */
    void ask() {
        if (open.compareAndSet(false, true)) {
            Thread.ofVirtual().name("pie-pulse").start(this::answer);
        }
    }

    private void answer() {
        try {
            question.run();
            answered = System.nanoTime();
        } catch (RuntimeException e) {
            LOG.debug("the engine of {} does not answer, which its silence tells", model, e);
        } finally {
            open.set(false);
        }
    }
}
