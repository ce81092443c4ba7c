package pie.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.event.EventLog;
import pie.engine.event.SessionFile;

/**
 * Turn what a program says into events, in the order in which it was said. A log that is full makes one thread wait at a time: that of
 * the program if it says something and waits for that, else one of its own.
 */
final class ProcessOutput {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessOutput.class);

    /** So much is said without waiting; whoever says more waits. */
    private static final int MOST_UNDER_WAY = 1024;

    private final EventLog log;
    private final boolean capture;
    private final OutputBuffer stdout = new OutputBuffer();
    private final OutputBuffer stderr = new OutputBuffer();
    private final ArrayDeque<Saying> queue = new ArrayDeque<>();
    private boolean saying;

    /** Something that is to be logged. */
    private static final class Saying extends CompletableFuture<@Nullable Void> {
        private final Runnable what;

        Saying(Runnable what) {
            this.what = what;
        }

        void say() {
            try {
                what.run();
                complete(null);
            } catch (RuntimeException e) {
                LOG.error("an event was not logged", e);
                completeExceptionally(e);
            }
        }
    }

    /** @param capture false: nothing is kept */
    ProcessOutput(EventLog log, boolean capture) {
        this.log = log;
        this.capture = capture;
    }

    void stdout(String text) {
        print(text, stdout, log::stdout, stderr, log::stderr);
    }

    void stderr(String text) {
        print(text, stderr, log::stderr, stdout, log::stdout);
    }

    private void print(
            String text, OutputBuffer to, Consumer<String> event, OutputBuffer other, Consumer<String> otherEvent) {
        @Nullable Saying last;
        synchronized (queue) {
            last = printed(other, otherEvent);
            if (to.write(text)) {
                @Nullable Saying line = printed(to, event);
                last = line == null ? last : line;
            }
        }
        await(last);
    }

    /** Let what was printed out, and wait until all is logged. */
    void flush() {
        await(queue(null));
    }

    /** Let what was printed out; does not wait. */
    void flushSoon() {
        if (queue(null) != null) {
            saySoon();
        }
    }

    void message(String text) {
        await(queue(() -> log.message(text)));
    }

    void file(SessionFile file) {
        await(queue(() -> log.file(file)));
    }

    /** Log a message when there is room, without waiting for that; not at all if it is cancelled before its turn. */
    CompletableFuture<@Nullable Void> messageLater(String text) {
        return sayLater(() -> log.message(text));
    }

    CompletableFuture<@Nullable Void> fileLater(SessionFile file) {
        return sayLater(() -> log.file(file));
    }

    private CompletableFuture<@Nullable Void> sayLater(Runnable what) {
        if (!capture) {
            return CompletableFuture.completedFuture(null);
        }
        var said = new CompletableFuture<@Nullable Void>();
        @Nullable
        Saying last = queue(() -> {
            if (!said.isCancelled()) {
                what.run();
                said.complete(null);
            }
        });
        boolean full;
        synchronized (queue) {
            full = queue.size() > MOST_UNDER_WAY;
        }
        if (full) {
            await(last);
        } else {
            saySoon();
        }
        return said;
    }

    /** Queue what was printed, then {@code what}; returns the last of what waits, null if nothing does. */
    private @Nullable Saying queue(@Nullable Runnable what) {
        synchronized (queue) {
            printed(stdout, log::stdout);
            printed(stderr, log::stderr);
            return what == null || !capture ? queue.peekLast() : queued(what);
        }
    }

    private @Nullable Saying printed(OutputBuffer from, Consumer<String> event) {
        String text = from.take();
        return text.isEmpty() || !capture ? null : queued(() -> event.accept(text));
    }

    private Saying queued(Runnable what) {
        var one = new Saying(what);
        queue.add(one);
        return one;
    }

    /** Have the queue said by a thread of its own. */
    private void saySoon() {
        if (takeTurn()) {
            Thread.ofVirtual().name("pie-output").start(this::say);
        }
    }

    private boolean takeTurn() {
        synchronized (queue) {
            boolean free = !saying && !queue.isEmpty();
            saying |= free;
            return free;
        }
    }

    private void say() {
        while (true) {
            @Nullable Saying next;
            synchronized (queue) {
                next = queue.peek();
                if (next == null) {
                    saying = false;
                    return;
                }
            }
            next.say();
            // It stays until it is said, as who waits for all waits for the last of the queue.
            synchronized (queue) {
                queue.remove();
            }
        }
    }

    /** Wait for the last of what was queued. */
    private void await(@Nullable Saying last) {
        if (last == null) {
            return;
        }
        if (takeTurn()) {
            say();
        }
        try {
            last.get();
        } catch (InterruptedException e) {
            // What a process that is being killed has said goes out without it.
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    String stderrTail() {
        return stderr.tail();
    }
}
