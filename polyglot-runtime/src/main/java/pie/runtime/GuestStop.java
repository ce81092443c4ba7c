package pie.runtime;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.process.ProcessId;

/** End what runs in one process: an interrupt first, force after a grace, and again while it lives. */
final class GuestStop<P> {
    private static final Logger LOG = LoggerFactory.getLogger(GuestStop.class);
    /** A spent budget is no request: who has used up its time has this long to unwind. */
    private static final Duration LIMIT_GRACE = Duration.ofMillis(400);
    /** How long a thread may take to notice that its guest is gone before it counts as one that cannot be stopped. */
    private static final Duration FORCE = Duration.ofSeconds(2);

    private static final Duration LIMIT_FORCE = Duration.ofMillis(400);

    private final ProcessId id;
    private final String program;
    private final GuestThread<P> thread;
    private final ForeignModules modules;
    private final Duration killGrace;
    private final Runnable whenStuck;
    private volatile boolean stuck;
    private volatile boolean over;
    /** When to use force again, by the clock of nanoseconds, 0 for never: where memory is short even ending a guest can fail. */
    private volatile long forceAgain;

    /** @param whenStuck is called if the thread cannot be stopped, and is left behind */
    GuestStop(
            ProcessId id,
            String program,
            GuestThread<P> thread,
            ForeignModules modules,
            Duration killGrace,
            Runnable whenStuck) {
        this.id = id;
        this.program = program;
        this.thread = thread;
        this.modules = modules;
        this.killGrace = killGrace;
        this.whenStuck = whenStuck;
    }

    /** Interrupt what runs, and use force after the grace. @param limit whether a spent budget ends it, not somebody's request */
    void begin(boolean limit) {
        Duration grace = limit && killGrace.compareTo(LIMIT_GRACE) > 0 ? LIMIT_GRACE : killGrace;
        forceAgain = System.nanoTime() + grace.plus(FORCE).toNanos();
        Guest<P> running = thread.guest();
        if (running != null) {
            running.interrupt();
            modules.interrupt();
        }
        killer(() -> {
            if (!thread.ends(grace)) {
                force(limit ? LIMIT_FORCE : FORCE);
            }
        });
    }

    /** Use force now. */
    void now() {
        if (thread.alive()) {
            killer(() -> force(FORCE));
        }
    }

    /** Use force again where it is due. */
    void tick() {
        long due = forceAgain;
        if (due != 0 && System.nanoTime() - due > 0 && !over) {
            forceAgain = System.nanoTime() + FORCE.toNanos();
            now();
        }
    }

    /** Take note that the process has ended, whatever its thread does. */
    void over() {
        over = true;
    }

    /** Say whether the thread runs on although it was to end. */
    boolean stuck() {
        return stuck && thread.alive();
    }

    @FunctionalInterface
    private interface Killing {
        void run() throws InterruptedException;
    }

    private void killer(Killing killing) {
        Thread.ofVirtual().name("pie-kill-" + id).start(() -> {
            try {
                killing.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Stop the guest by force; a thread that cannot be stopped is left behind, but its pages come back now. */
    private void force(Duration patience) throws InterruptedException {
        Guest<P> running = thread.guest();
        Thread killer = Thread.ofPlatform().name("pie-close-" + id).daemon().start(() -> {
            if (running != null) {
                modules.kill();
                running.kill();
            }
        });
        if (!thread.ends(patience)) {
            stuck = true;
            thread.leaveBehind();
            LOG.warn("guest {} ({}) is inside a call that cannot be stopped; its thread is left behind", id, program);
            whenStuck.run();
        }
        killer.join(Duration.ofMillis(1));
    }
}
