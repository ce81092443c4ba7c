package pie.runtime;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Queue what the client sends to one process, within a bound; hand it out in order, each once. */
final class Inbox<T> {
    private final String what;
    private final int most;

    private final ArrayDeque<T> messages = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<T>> receivers = new ArrayDeque<>();
    private boolean closed;

    /** @param what the word for what is queued, such as messages */
    Inbox(String what, int most) {
        this.what = what;
        this.most = most;
    }

    /** Queue one; returns how many wait. @throws PieException as {@link #check} */
    synchronized int deliver(T message) {
        check();
        messages.add(message);
        match();
        return messages.size();
    }

    /** See that one more would be taken now. @throws PieException CONFLICT once the process has ended, RATE_LIMITED while it is full */
    synchronized void check() {
        if (closed) {
            throw new PieException(
                    ErrorCode.CONFLICT, "the process has ended and takes no " + what, Map.of("reason", "ended"));
        }
        if (messages.size() >= most) {
            throw new PieException(
                    ErrorCode.RATE_LIMITED,
                    "the process has " + most + " unread " + what + "; wait until it has received some",
                    Map.of("limit", most, "used", messages.size()));
        }
    }

    synchronized CompletableFuture<T> receive() {
        var receiver = new CompletableFuture<T>();
        receivers.add(receiver);
        match();
        return receiver;
    }

    /** Put a message back in front. */
    synchronized void giveBack(T message) {
        messages.addFirst(message);
        match();
    }

    synchronized void close() {
        closed = true;
        for (CompletableFuture<T> receiver : receivers) {
            receiver.completeExceptionally(new PieException(ErrorCode.CANCELLED, "receive: the input is closed"));
        }
        receivers.clear();
    }

    private void match() {
        while (!messages.isEmpty()) {
            @Nullable CompletableFuture<T> receiver = receivers.poll();
            if (receiver == null) {
                return;
            }
            if (receiver.complete(messages.getFirst())) {
                messages.removeFirst();
            }
        }
    }
}
