package pie.server;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
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

/** Be a process of a real engine whose program is the test. */
final class StandIn implements InferletProcess {
    private final Engine engine;
    private final ProcessId id;
    private final Instant created = Instant.now();
    private final EventLog log = new EventLog(TestServer.EVENTS);
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    volatile OptionalLong firstToken = OptionalLong.empty();

    StandIn(Engine engine, ProcessId id) {
        this.engine = engine;
        this.id = id;
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public OwnerId owner() {
        return OwnerId.LOCAL;
    }

    @Override
    public String program() {
        return "test@0.0.0";
    }

    @Override
    public String language() {
        return "java";
    }

    @Override
    public String model() {
        return engine.model().name();
    }

    @Override
    public Map<String, String> labels() {
        return Map.of();
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
        return Optional.empty();
    }

    @Override
    public ProcessState state() {
        return ProcessState.RUNNING;
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
    public ProcessTotals totals() {
        return engine.totals(id);
    }

    @Override
    public ProcessTotals glance() {
        return engine.glance(id).orElse(ProcessTotals.NONE);
    }

    @Override
    public OptionalLong firstTokenNanos() {
        return firstToken;
    }

    @Override
    public Map<String, Explanation> explain() {
        return Map.of();
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
        throw new PieException(ErrorCode.CONFLICT, "a stand-in takes no messages");
    }

    @Override
    public void interrupt(String by) {
        throw new PieException(ErrorCode.CONFLICT, "a stand-in ends with its test");
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
