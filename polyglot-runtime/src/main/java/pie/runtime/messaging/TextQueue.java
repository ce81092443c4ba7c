package pie.runtime.messaging;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Queue texts for whoever takes them, each once. Not safe for use from several threads. */
final class TextQueue {
    private final ArrayDeque<String> texts = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<String>> takers = new ArrayDeque<>();
    private long bytes;

    int size() {
        return texts.size();
    }

    long bytes() {
        return bytes;
    }

    /** Return what a text counts for. */
    static long bytes(String text) {
        return 2L * text.length();
    }

    boolean idle() {
        return texts.isEmpty() && takers.isEmpty();
    }

    void add(String text) {
        texts.addLast(text);
        bytes += bytes(text);
        match();
    }

    void addFirst(String text) {
        texts.addFirst(text);
        bytes += bytes(text);
        match();
    }

    CompletableFuture<String> take() {
        var taker = new CompletableFuture<String>();
        takers.addLast(taker);
        match();
        return taker;
    }

    void withdraw(CompletableFuture<String> taker) {
        takers.remove(taker);
    }

    @Nullable
    String poll() {
        @Nullable String text = texts.pollFirst();
        bytes -= text == null ? 0 : bytes(text);
        return text;
    }

    private void match() {
        while (!texts.isEmpty()) {
            @Nullable CompletableFuture<String> taker = takers.pollFirst();
            if (taker == null) {
                return;
            }
            String text = texts.getFirst();
            if (taker.complete(text)) {
                texts.removeFirst();
                bytes -= bytes(text);
            }
        }
    }
}
