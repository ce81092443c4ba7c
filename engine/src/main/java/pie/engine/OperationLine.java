package pie.engine;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.trace.Timeline;

/** Run the operations of one context in call order, one at a time. Any thread may queue them; everything else is the loop's. */
final class OperationLine {
    private final EngineLoop loop;
    private final EngineContext context;
    private final ArrayDeque<Operation<?>> waiting = new ArrayDeque<>();
    private @Nullable Operation<?> running;
    private boolean advancing;
    /** Why it takes no more, null while it does. */
    private @Nullable PieException closed;

    OperationLine(EngineLoop loop, EngineContext context) {
        this.loop = loop;
        this.context = context;
    }

    /** Queue an operation that its caller will wait for. */
    <T> CompletableFuture<T> ask(String name, Operation<T> operation) {
        Timeline timeline = context.process.timeline;
        if (timeline != null) {
            timeline.operation(name, context.kv().id().value(), operation.future);
        }
        return submit(operation);
    }

    /** Queue an operation; a cancelled future takes it out of the line or stops it. */
    <T> CompletableFuture<T> submit(Operation<T> operation) {
        loop.command(() -> enqueue(operation), operation.future);
        watch(operation);
        return operation.future;
    }

    private void watch(Operation<?> operation) {
        operation.future.whenComplete((value, error) -> {
            if (operation.future.isCancelled()) {
                loop.completion(() -> cancelled(operation));
            }
        });
    }

    /** Run the operation that a context is made by. */
    void begin(Operation<?> operation) {
        watch(operation);
        enqueue(operation);
    }

    private void enqueue(Operation<?> operation) {
        if (closed != null) {
            loop.fail(operation, closed);
            return;
        }
        waiting.add(operation);
        advance();
    }

    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        while (running == null && !waiting.isEmpty() && closed == null) {
            Operation<?> next = waiting.poll();
            if (next.future.isDone()) {
                continue;
            }
            running = next;
            try {
                next.start();
            } catch (PieException e) {
                fail(next, e);
            }
        }
        advancing = false;
    }

    <T> void answer(Operation<T> operation, T value) {
        over(operation);
        loop.answer(operation, value);
        advance();
    }

    void fail(Operation<?> operation, PieException cause) {
        over(operation);
        loop.fail(operation, cause);
        advance();
    }

    private void over(Operation<?> operation) {
        if (running == operation) {
            running = null;
        }
        context.operationEnded();
    }

    private void cancelled(Operation<?> operation) {
        if (running == operation) {
            stop(operation, new PieException(ErrorCode.CANCELLED, "the operation was cancelled"));
        } else {
            waiting.remove(operation);
        }
    }

    /** Stop the running operation if it is this one. */
    private void stop(Operation<?> operation, PieException cause) {
        if (running == operation && operation.stop(cause)) {
            fail(operation, cause);
        }
    }

    boolean running(Operation<?> operation) {
        return running == operation;
    }

    /** Fail what waits and what runs, and take nothing any more. */
    void close(PieException cause) {
        closed = cause;
        for (Operation<?> operation : waiting) {
            loop.fail(operation, cause);
        }
        waiting.clear();
        Operation<?> operation = running;
        if (operation != null) {
            loop.fail(operation, cause);
            if (operation.stop(cause)) {
                running = null;
            }
        }
    }

    boolean closed() {
        return closed != null;
    }
}
