package pie.runtime.bridge;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stop a polyglot context: politely, where it computes without calling the host, or by force. */
public final class ContextStop {
    private static final Logger LOG = LoggerFactory.getLogger(ContextStop.class);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Context context;
    private final Bridge bridge;
    private volatile boolean ended;

    public ContextStop(Context context, Bridge bridge) {
        this.context = context;
        this.bridge = bridge;
    }

    /** Wake the guest's event loop; interrupt code that neither waits nor calls the host. Returns at once. */
    public void interrupt() {
        bridge.operations().wake(Operations.ENDING);
        Thread.ofVirtual().name("pie-interrupt").start(this::interruptBusy);
    }

    private void interruptBusy() {
        try {
            while (!ended) {
                long calls = bridge.calls();
                Thread.sleep(LOOK);
                if (!ended && !bridge.waiting() && bridge.calls() == calls) {
                    context.interrupt(Duration.ofSeconds(1));
                    return;
                }
            }
        } catch (TimeoutException e) {
            LOG.debug("a guest does not answer to an interrupt", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException closed) {
            LOG.debug("a guest ended before its interrupt", closed);
        }
    }

    /** Stop at once. */
    public void kill() {
        ended = true;
        context.close(true);
    }

    /** Free the context, whatever it does. */
    public void close() {
        kill();
    }
}
