package pie.server.openai;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.market.Explanation;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Timeline;

/** Stand for one request in the engine and in every list of processes: contexts without a guest. */
final class PlainProcess implements InferletProcess {
    private static final Logger LOG = LoggerFactory.getLogger(PlainProcess.class);

    private final ProcessId id = ProcessId.random();
    private final Engine engine;
    private final OwnerId owner;
    private final String program;
    private final Map<String, String> labels;
    private final Consumer<PlainProcess> onEnd;
    private final Instant created = Instant.now();
    private final long createdNanos = System.nanoTime();
    private final EventLog log = new EventLog(EventLog.Limits.DEFAULT);
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicReference<@Nullable Outcome> ending = new AtomicReference<>();
    private volatile @Nullable Instant ended;
    private volatile ProcessState state = ProcessState.RUNNING;
    private volatile ProcessTotals last = ProcessTotals.NONE;

    PlainProcess(
            Engine engine,
            OwnerId owner,
            String program,
            Map<String, String> labels,
            OptionalDouble bid,
            Consumer<PlainProcess> onEnd) {
        this.engine = engine;
        this.owner = owner;
        this.program = program;
        this.labels = Map.copyOf(labels);
        this.onEnd = onEnd;
        engine.openProcess(
                id, owner, Budget.UNLIMITED, ThreadLocalRandom.current().nextLong(), bid);
    }

    ContextHandle context(boolean prefixCache) {
        return engine.createContext(id, prefixCache);
    }

    /** Count what was used, for the last time, and give everything back; only the first end counts. */
    void end(Outcome how) {
        if (!ending.compareAndSet(null, how)) {
            return;
        }
        last = totals();
        state = ProcessState.STOPPING;
        engine.closeProcess(id)
                .whenComplete((done, failure) ->
                        Thread.ofVirtual().name("pie-end-" + id).start(() -> ended(how, failure)));
    }

    private void ended(Outcome how, @Nullable Throwable failure) {
        if (failure != null) {
            LOG.warn("request {} could not be closed in the engine", id, failure);
        }
        switch (how) {
            case Outcome.Completed done -> log.returned(done.value());
            case Outcome.Failed failed -> log.failed(failed.code(), failed.message(), failed.details());
        }
        ended = Instant.now();
        state = how.state();
        onEnd.accept(this);
        outcome.complete(how);
    }

    void fail(PieException e) {
        boolean cancelled = e.code() == ErrorCode.CANCELLED;
        end(new Outcome.Failed(
                cancelled ? ProcessState.CANCELLED : ProcessState.FAILED, e.code(), e.message(), e.details(), null));
    }

    /** Return how the process was ended from outside, so that this is told and not what follows from it. */
    Optional<PieException> cancellation() {
        return ending.get() instanceof Outcome.Failed f
                ? Optional.of(new PieException(f.code(), f.message(), f.details()))
                : Optional.empty();
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public OwnerId owner() {
        return owner;
    }

    @Override
    public String kind() {
        return "openai";
    }

    @Override
    public String program() {
        return program;
    }

    @Override
    public String language() {
        return "none";
    }

    @Override
    public String model() {
        return engine.model().name();
    }

    @Override
    public Map<String, String> labels() {
        return labels;
    }

    @Override
    public Instant created() {
        return created;
    }

    @Override
    public Optional<Instant> started() {
        return Optional.of(created);
    }

    @Override
    public Optional<Instant> ended() {
        return Optional.ofNullable(ended);
    }

    @Override
    public ProcessState state() {
        return state;
    }

    @Override
    public String waitingFor() {
        return "forward";
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public ProcessTotals glance() {
        return engine.glance(id).orElse(last);
    }

    @Override
    public OptionalLong firstTokenNanos() {
        long at = glance().pace().firstTokenAt();
        return at == 0 ? OptionalLong.empty() : OptionalLong.of(at - createdNanos);
    }

    @Override
    public ProcessTotals totals() {
        if (state == ProcessState.RUNNING) {
            try {
                return engine.totals(id);
            } catch (PieException closed) {
                return last;
            }
        }
        return last;
    }

    @Override
    public Map<String, Explanation> explain() {
        try {
            return state == ProcessState.RUNNING ? Map.of(model(), engine.explain(id)) : Map.of();
        } catch (PieException closed) {
            return Map.of();
        }
    }

    @Override
    public long guestCpuNanos() {
        return 0;
    }

    @Override
    public Budget budget() {
        return Budget.UNLIMITED;
    }

    @Override
    public int deliver(String message) {
        throw new PieException(ErrorCode.CONFLICT, "request " + id + " is a plain generation and receives no messages");
    }

    @Override
    public void recordSteps(Timeline steps) {
        engine.record(id, steps);
    }

    @Override
    public void interrupt(String by) {
        fail(new PieException(ErrorCode.CANCELLED, "cancelled by " + by, Map.of("by", by)));
    }

    @Override
    public void kill(String by) {
        interrupt(by);
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
        return outcome;
    }
}
