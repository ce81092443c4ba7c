package pie.server.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.server.metrics.RequestMetrics;

/** Keep the requests of the OpenAI routes: the live ones, and the last that ended. */
public final class PlainRuns {
    private static final int ENDED_KEPT = 1024;

    private final int most;
    private final RequestMetrics metrics;
    private final Consumer<? super InferletProcess> begun;
    private final Map<ProcessId, PlainProcess> live = new LinkedHashMap<>();
    private final Map<ProcessId, PlainProcess> ended = new LinkedHashMap<>();
    private boolean closed;

    /**
     * @param most requests that run at once; more are refused
     * @param begun is given each before it does anything
     */
    public PlainRuns(int most, RequestMetrics metrics, Consumer<? super InferletProcess> begun) {
        this.most = most;
        this.metrics = metrics;
        this.begun = begun;
    }

    RequestMetrics metrics() {
        return metrics;
    }

    /** @throws PieException OVERLOADED, DRAINING */
    PlainProcess start(Engine engine, OwnerId owner, String program, Map<String, String> labels, OptionalDouble bid) {
        synchronized (this) {
            if (closed) {
                throw new PieException(ErrorCode.DRAINING, "the server is stopping and takes no requests");
            }
            if (live.size() >= most) {
                throw new PieException(
                        ErrorCode.OVERLOADED,
                        live.size() + " requests are being answered; try again later",
                        Map.of("queue_depth", live.size()));
            }
        }
        var process = new PlainProcess(engine, owner, program, labels, bid, this::ended);
        synchronized (this) {
            live.put(process.id(), process);
        }
        metrics.follow(process);
        begun.accept(process);
        return process;
    }

    private synchronized void ended(PlainProcess process) {
        live.remove(process.id());
        ended.put(process.id(), process);
        Iterator<ProcessId> oldest = ended.keySet().iterator();
        if (ended.size() > ENDED_KEPT) {
            oldest.next();
            oldest.remove();
        }
        notifyAll();
    }

    public synchronized Optional<InferletProcess> find(ProcessId id) {
        Optional<InferletProcess> running = Optional.ofNullable(live.get(id));
        return running.or(() -> Optional.ofNullable(ended.get(id)));
    }

    /** List those that ended, then the live ones, each oldest first. */
    public synchronized List<InferletProcess> processes() {
        var all = new ArrayList<InferletProcess>(ended.values());
        all.addAll(live.values());
        return all;
    }

    /** List the live ones, oldest first. */
    public synchronized List<InferletProcess> live() {
        return new ArrayList<>(live.values());
    }

    public synchronized void purge(ProcessId id) {
        ended.remove(id);
    }

    /** Wait until all are answered, at most {@code limit}; then end them and refuse more. */
    public void drain(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<PlainProcess> left;
        synchronized (this) {
            closed = true;
            for (long wait = limit.toMillis(); !live.isEmpty() && wait > 0; ) {
                wait(wait);
                wait = (deadline - System.nanoTime()) / 1_000_000;
            }
            left = List.copyOf(live.values());
        }
        left.forEach(p -> p.interrupt("shutdown"));
        for (PlainProcess p : left) {
            p.outcome().join();
        }
    }
}
