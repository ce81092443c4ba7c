package pie.server;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
import pie.runtime.LaunchRequest;

/**
 * Run a process whose program is a list of lines: {@code print X}, {@code send X}, {@code flood COUNT SIZE}, {@code echo} (send the
 * next message back), {@code sleep MS}, {@code loop}, {@code input} (return the input), {@code return X}, {@code fail CODE X}.
 */
final class ScriptProcess implements InferletProcess {
    private static final int INBOX = 8;

    private final LaunchRequest request;
    private final ProcessId id = ProcessId.random();
    private final Instant created = Instant.now();
    private final EventLog log;
    private final BlockingQueue<String> inbox = new ArrayBlockingQueue<>(INBOX);
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Thread thread;
    /** Times that the totals were asked for, which costs a real engine something. */
    final AtomicInteger asked = new AtomicInteger();

    private volatile ProcessState state = ProcessState.RUNNING;
    private volatile @Nullable Instant ended;
    private volatile @Nullable String cancelledBy;

    ScriptProcess(LaunchRequest request, EventLog.Limits limits) {
        this.request = request;
        log = new EventLog(limits);
        thread = Thread.ofPlatform().daemon().name("script-" + id).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            end(new Outcome.Completed(script()));
        } catch (InterruptedException e) {
            String by = String.valueOf(cancelledBy);
            end(new Outcome.Failed(
                    ProcessState.CANCELLED, ErrorCode.CANCELLED, "cancelled by " + by, Map.of("by", by), null));
        } catch (PieException e) {
            var details = new HashMap<>(e.details());
            details.put("origin", "guest");
            end(new Outcome.Failed(ProcessState.FAILED, e.code(), e.message(), details, null));
        }
    }

    private String script() throws InterruptedException {
        for (String line : request.source().code().split("\n")) {
            String[] words = line.strip().split(" ", 3);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            switch (words[0]) {
                case "print" -> log.stdout(words[1]);
                case "send" -> log.message(words[1]);
                case "echo" -> log.message(inbox.take());
                case "sleep" -> Thread.sleep(Long.parseLong(words[1]));
                case "flood" -> {
                    String text = "x".repeat(Integer.parseInt(words[2]));
                    for (int i = 0;
                            i < Integer.parseInt(words[1])
                                    && !Thread.currentThread().isInterrupted();
                            i++) {
                        log.stdout(text);
                    }
                }
                case "loop" -> Thread.sleep(TimeUnit.HOURS.toMillis(1));
                case "input" -> {
                    return request.input();
                }
                case "return" -> {
                    return line.strip().substring("return ".length());
                }
                case "fail" -> throw new PieException(ErrorCode.valueOf(words[1]), words[2]);
                default -> throw new PieException(ErrorCode.GUEST_ERROR, "unknown line: " + line);
            }
        }
        return "";
    }

    private void end(Outcome how) {
        state = how.state();
        ended = Instant.now();
        switch (how) {
            case Outcome.Completed c -> log.returned(c.value());
            case Outcome.Failed f -> log.failed(f.code(), f.message(), f.details());
        }
        outcome.complete(how);
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public OwnerId owner() {
        return request.owner();
    }

    @Override
    public String program() {
        return request.source().identity();
    }

    @Override
    public String language() {
        return request.source().language().word();
    }

    @Override
    public String model() {
        return request.model().orElse("script");
    }

    @Override
    public Map<String, String> labels() {
        return request.labels();
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
        return log.writerBlocked() ? "output" : "guest";
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public Map<String, Explanation> explain() {
        return Map.of();
    }

    @Override
    public ProcessTotals totals() {
        asked.incrementAndGet();
        return ProcessTotals.NONE;
    }

    @Override
    public ProcessTotals glance() {
        return ProcessTotals.NONE;
    }

    @Override
    public long guestCpuNanos() {
        return 0;
    }

    @Override
    public Budget budget() {
        return request.budget();
    }

    @Override
    public int deliver(String message) {
        if (state.ended()) {
            throw new PieException(ErrorCode.CONFLICT, "process " + id + " has ended", Map.of("reason", "ended"));
        }
        if (!inbox.offer(message)) {
            throw new PieException(ErrorCode.RATE_LIMITED, "the inbox is full", Map.of("limit", INBOX));
        }
        return inbox.size();
    }

    @Override
    public void interrupt(String by) {
        cancelledBy = by;
        thread.interrupt();
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
