package pie.runtime.bridge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Keep the calls in flight of one guest. They complete on any thread, which only enqueues an id; the guest's event loop takes ids and
 * asks for results.
 */
public final class Operations {
    /** Polled when nothing came in time. */
    public static final int NOTHING = 0;

    /** Polled when the process is being ended: operations in flight have failed with CANCELLED. */
    public static final int ENDING = -1;

    private static final List<String> PRECEDENCE = List.of("forward", "message", "file", "output", "host", "timer");

    private final Map<Integer, Operation> inFlight = new HashMap<>();
    private final LinkedBlockingQueue<Integer> ready = new LinkedBlockingQueue<>();
    private int lastId;

    /** Register a call; its id will be polled once. */
    <T extends @Nullable Object> int start(
            String what, CompletableFuture<T> future, Function<T, @Nullable Object> finish, Consumer<T> giveBack) {
        int id = ++lastId;
        inFlight.put(id, new Operation(what, future, erased(finish), erasedSink(giveBack)));
        future.whenComplete((value, error) -> ready.add(id));
        return id;
    }

    @SuppressWarnings("unchecked")
    private static <T extends @Nullable Object> Function<@Nullable Object, @Nullable Object> erased(
            Function<T, @Nullable Object> f) {
        return value -> f.apply((T) value);
    }

    @SuppressWarnings("unchecked")
    private static <T extends @Nullable Object> Consumer<@Nullable Object> erasedSink(Consumer<T> f) {
        return value -> f.accept((T) value);
    }

    /** Wait for the next completed call, at most {@code seconds}; negative = for ever. */
    public int poll(double seconds) throws InterruptedException {
        if (seconds == 0) {
            @Nullable Integer now = ready.poll();
            return now == null ? NOTHING : now;
        }
        @Nullable
        Integer id =
                seconds < 0 ? ready.take() : ready.poll((long) Math.min(seconds * 1e9, 9e18), TimeUnit.NANOSECONDS);
        return id == null ? NOTHING : id;
    }

    /** Return the value of a completed call, for the guest, and forget the call. */
    @Nullable
    Object result(int id) {
        @Nullable Operation operation = inFlight.remove(id);
        if (operation == null) {
            throw new PieException(ErrorCode.INTERNAL, "operation " + id + " is not in flight");
        }
        try {
            return operation.finish().apply(operation.future().join());
        } catch (CancellationException e) {
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        } catch (CompletionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Cancel a call that nobody waits for any more; what it has brought already goes back where it came from. */
    void cancel(int id) {
        @Nullable Operation operation = inFlight.remove(id);
        if (operation == null) {
            return;
        }
        if (!operation.future().cancel(true) && !operation.future().isCompletedExceptionally()) {
            operation.giveBack().accept(operation.future().join());
        }
    }

    /** Return what the guest's event loop waits for: of several calls the first by precedence, with none a timer. */
    String awaited() {
        String first = "timer";
        for (Operation operation : inFlight.values()) {
            if (!operation.future().isDone() && PRECEDENCE.indexOf(operation.what()) < PRECEDENCE.indexOf(first)) {
                first = operation.what();
            }
        }
        return first;
    }

    /** Say whether no call is in flight and no completion waits. */
    public boolean idle() {
        return inFlight.isEmpty() && ready.isEmpty();
    }

    /** Say whether a polled id still has a call. */
    boolean known(int id) {
        return inFlight.containsKey(id);
    }

    /** Make the next poll return at once. Any thread. */
    public void wake(int id) {
        ready.add(id);
    }

    /** Fail what is in flight; on the guest's thread, after {@link #ENDING} was polled. */
    void cancelAll() {
        for (Operation operation : List.copyOf(inFlight.values())) {
            operation.future().cancel(true);
        }
    }

    static PieException failure(Throwable error) {
        return error instanceof PieException e
                ? e
                : new PieException(ErrorCode.INTERNAL, "internal error: " + error, Map.of(), error);
    }
}
