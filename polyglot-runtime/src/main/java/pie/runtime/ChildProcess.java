package pie.runtime;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;

/** Stand for a child from the moment it was asked for, before its program has been found and checked. */
final class ChildProcess implements Host.Offspring {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

    private final ProcessId id = ProcessId.random();
    private final OptionalLong budget;
    private final CompletableFuture<String> result = new CompletableFuture<>();
    private @Nullable GuestProcess<?> process;
    private @Nullable String endedBy;

    ChildProcess(OptionalLong budget) {
        this.budget = budget;
    }

    ProcessId id() {
        return id;
    }

    /** Launch off the guest's thread, as the check of a program takes its time. */
    void start(Supplier<GuestProcess<?>> launch, Runnable onEnd) {
        Thread.ofVirtual().name("pie-launch-" + id).start(() -> {
            try {
                GuestProcess<?> started = launch.get();
                adopt(started);
                var unused = started.outcome().whenComplete((outcome, error) -> {
                    onEnd.run();
                    settle(outcome);
                });
            } catch (RuntimeException e) {
                onEnd.run();
                result.completeExceptionally(failure(e));
            }
        });
    }

    private PieException failure(RuntimeException e) {
        if (e instanceof PieException known) {
            return known;
        }
        LOG.error("child {} could not be launched", id, e);
        return new PieException(ErrorCode.INTERNAL, "internal error: " + e, Map.of(), e);
    }

    private void settle(Outcome outcome) {
        switch (outcome) {
            case Outcome.Completed done -> result.complete(done.value());
            case Outcome.Failed failed ->
                result.completeExceptionally(new PieException(failed.code(), failed.message(), failed.details()));
        }
    }

    private void adopt(GuestProcess<?> started) {
        String by;
        synchronized (this) {
            process = started;
            by = endedBy;
        }
        if (by != null) {
            started.interrupt(by);
        }
    }

    /** End it, also before it has begun. */
    void end(String by) {
        GuestProcess<?> started;
        synchronized (this) {
            endedBy = by;
            started = process;
        }
        if (started != null) {
            started.interrupt(by);
        }
    }

    synchronized long tokensSpent() {
        return process == null ? 0 : process.tokensSpent();
    }

    /** Return what it has used, or the whole of a budget of its own. */
    long tokensTaken() {
        return budget.isPresent() ? budget.getAsLong() : tokensSpent();
    }

    @Override
    public String pid() {
        return id.toString();
    }

    @Override
    public CompletableFuture<String> result() {
        return result;
    }

    @Override
    public void cancel() {
        end("owner");
    }
}
