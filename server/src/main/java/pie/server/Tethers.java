package pie.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;

/** Tie processes that were not detached to the streams of their clients: without any for the grace time, they are cancelled. */
final class Tethers {
    private final ScheduledExecutorService timer;
    private final Duration grace;
    private final Map<ProcessId, Tether> tethers = new ConcurrentHashMap<>();

    private static final class Tether {
        private int holders;
        private @Nullable Future<?> cut;
    }

    Tethers(ScheduledExecutorService timer, Duration grace) {
        this.timer = timer;
        this.grace = grace;
    }

    /** Tie a process to the streams that hold it; it starts with none, so hold it at once. */
    void tie(InferletProcess process) {
        tethers.put(process.id(), new Tether());
        process.outcome().whenComplete((outcome, failure) -> tethers.remove(process.id()));
    }

    /** Let a process live without a client from now on. */
    void untie(ProcessId id) {
        tethers.remove(id);
    }

    boolean tied(ProcessId id) {
        return tethers.containsKey(id);
    }

    /** Say that a stream of the process is open; no effect on a detached one. */
    void hold(InferletProcess process) {
        Tether tether = tethers.get(process.id());
        if (tether == null) {
            return;
        }
        synchronized (tether) {
            tether.holders++;
            if (tether.cut != null) {
                tether.cut.cancel(false);
                tether.cut = null;
            }
        }
    }

    /** Say that a stream of the process is closed. */
    void release(InferletProcess process) {
        Tether tether = tethers.get(process.id());
        if (tether == null) {
            return;
        }
        synchronized (tether) {
            tether.holders--;
            if (tether.holders == 0 && !timer.isShutdown()) {
                tether.cut = timer.schedule(() -> cut(process, tether), grace.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void cut(InferletProcess process, Tether tether) {
        synchronized (tether) {
            if (tether.holders > 0) {
                return;
            }
        }
        process.interrupt("client_gone");
    }
}
