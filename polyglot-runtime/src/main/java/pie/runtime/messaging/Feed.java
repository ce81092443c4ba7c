package pie.runtime.messaging;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;

/** Keep the texts of one subscription until they are taken; beyond its capacity the oldest go and are counted. */
public final class Feed implements Host.Mailbox {
    private final int capacity;
    private final long mostBytes;
    private final Consumer<Feed> onClose;
    private final ArrayDeque<String> texts = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<Optional<String>>> takers = new ArrayDeque<>();
    private long bytes;
    private long dropped;
    private boolean closed;

    Feed(int capacity, long mostBytes, Consumer<Feed> onClose) {
        this.capacity = capacity;
        this.mostBytes = mostBytes;
        this.onClose = onClose;
    }

    synchronized void add(String text) {
        if (closed) {
            return;
        }
        texts.addLast(text);
        bytes += TextQueue.bytes(text);
        match();
        while (texts.size() > capacity || bytes > mostBytes) {
            bytes -= TextQueue.bytes(texts.removeFirst());
            dropped++;
        }
    }

    @Override
    public CompletableFuture<Optional<String>> next() {
        var taker = new CompletableFuture<Optional<String>>();
        synchronized (this) {
            if (closed) {
                taker.complete(Optional.empty());
                return taker;
            }
            takers.addLast(taker);
            match();
        }
        var unused = taker.whenComplete((text, error) -> {
            if (taker.isCancelled()) {
                withdraw(taker);
            }
        });
        return taker;
    }

    private synchronized void withdraw(CompletableFuture<Optional<String>> taker) {
        takers.remove(taker);
    }

    @Override
    public synchronized void giveBack(String message) {
        if (!closed) {
            texts.addFirst(message);
            bytes += TextQueue.bytes(message);
            match();
        }
    }

    private void match() {
        while (!texts.isEmpty()) {
            @Nullable CompletableFuture<Optional<String>> taker = takers.pollFirst();
            if (taker == null) {
                return;
            }
            String text = texts.getFirst();
            if (taker.complete(Optional.of(text))) {
                texts.removeFirst();
                bytes -= TextQueue.bytes(text);
            }
        }
    }

    @Override
    public synchronized long dropped() {
        return dropped;
    }

    synchronized boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        List<CompletableFuture<Optional<String>>> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            texts.clear();
            bytes = 0;
            left = List.copyOf(takers);
            takers.clear();
        }
        left.forEach(taker -> taker.complete(Optional.empty()));
        onClose.accept(this);
    }
}
