package pie.engine;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drive a loop on a thread of its own: a turn, then a pause until the next timer or arrival. */
final class LoopThread {
    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private final EngineLoop loop;
    private final CommandQueue queue;
    private final Thread thread;

    LoopThread(EngineLoop loop, CommandQueue queue) {
        this.loop = loop;
        this.queue = queue;
        thread = Thread.ofPlatform()
                .name("engine-loop " + loop.model.name())
                .daemon()
                .start(this::run);
    }

    private void run() {
        try {
            while (!loop.ending()) {
                long timer = loop.turn(System.nanoTime());
                queue.await(timer == Long.MAX_VALUE ? timer : Math.max(0, timer - System.nanoTime()));
            }
            loop.end(new PieException(ErrorCode.CANCELLED, "the engine was closed"));
        } catch (RuntimeException | Error e) {
            LOG.error("the engine of {} ends: {}", loop.model.name(), e.toString(), e);
            loop.end(new PieException(ErrorCode.INTERNAL, "the engine ended: " + e, Map.of(), e));
        }
    }

    /** Fail all work, end the thread and wait for it. */
    void close() {
        loop.askToEnd();
        awaitEnd(thread);
    }

    /** Wait for a thread to end, whoever interrupts that: the interrupt stands afterwards. */
    static void awaitEnd(Thread thread) {
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
