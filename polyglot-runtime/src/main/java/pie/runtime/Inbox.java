package pie.runtime;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Queue the client's messages for one process, within a bound; hand them out in order, each once. */
final class Inbox {
    private static final int MOST = 1024;

    private final ArrayDeque<String> messages = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<String>> receivers = new ArrayDeque<>();
    private boolean closed;

    /** Queue a message; returns how many wait. */
    synchronized int deliver(String message) {
        if (closed) {
            throw new PieException(
                    ErrorCode.CONFLICT, "the process has ended and takes no messages", Map.of("reason", "ended"));
        }
        if (messages.size() >= MOST) {
            throw new PieException(
                    ErrorCode.RATE_LIMITED,
                    "the process has " + MOST + " unread messages; wait until it has received some",
                    Map.of("limit", MOST, "used", messages.size()));
        }
        messages.add(message);
        match();
        return messages.size();
    }

    synchronized CompletableFuture<String> receive() {
        var receiver = new CompletableFuture<String>();
        receivers.add(receiver);
        match();
        return receiver;
    }

    /** Put a message back in front. */
    synchronized void giveBack(String message) {
        messages.addFirst(message);
        match();
    }

    synchronized void close() {
        closed = true;
        for (CompletableFuture<String> receiver : receivers) {
            receiver.completeExceptionally(new PieException(ErrorCode.CANCELLED, "receive: the input is closed"));
        }
        receivers.clear();
    }

    private void match() {
        while (!messages.isEmpty()) {
            @Nullable CompletableFuture<String> receiver = receivers.poll();
            if (receiver == null) {
                return;
            }
            if (receiver.complete(messages.getFirst())) {
                messages.removeFirst();
            }
        }
    }
}
