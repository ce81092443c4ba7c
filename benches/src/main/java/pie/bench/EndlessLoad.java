package pie.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Keep a number of requests in flight, no two with the same prompt, until closed; then wait for those that are under way. */
final class EndlessLoad implements AutoCloseable {
    /** After a failure, so that a server that refuses is not asked ever faster. */
    private static final long PAUSE_MILLIS = 1000;

    private static final Duration LAST_ANSWER = Duration.ofMinutes(2);

    private final int promptTokens;
    private final int maxTokens;
    private final long seed;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private long failed;
    private String error = "";
    private final List<Thread> streams = new ArrayList<>();

    /** @param askers one for each stream */
    EndlessLoad(List<Asker> askers, int promptTokens, int maxTokens, long seed) {
        this.promptTokens = promptTokens;
        this.maxTokens = maxTokens;
        this.seed = seed;
        for (Asker asker : askers) {
            streams.add(Thread.ofVirtual().start(() -> ask(asker)));
        }
    }

    private void ask(Asker asker) {
        try {
            while (!over.get()) {
                long n = asked.getAndIncrement();
                String failure = failure(
                        asker, Prompt.draw(1, promptTokens, maxTokens, seed + n).getFirst());
                if (failure.isEmpty()) {
                    answered.incrementAndGet();
                } else {
                    fail(failure);
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String failure(Asker asker, Prompt prompt) throws InterruptedException {
        try {
            Answer answer = asker.ask(prompt);
            return answer.ok() && answer.outputTokens() != prompt.maxTokens()
                    ? "an answer of " + answer.outputTokens() + " tokens, not " + prompt.maxTokens()
                    : answer.error();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    long answered() {
        return answered.get();
    }

    private synchronized void fail(String why) {
        error = failed == 0 ? why : error;
        failed++;
    }

    synchronized long failed() {
        return failed;
    }

    /** Return what the first failure was, empty if there was none. */
    synchronized String error() {
        return error;
    }

    /** Send nothing more, and wait for what is under way; a request that gets no answer in time is a failure too. */
    @Override
    public void close() {
        over.set(true);
        try {
            for (Thread stream : streams) {
                if (!stream.join(LAST_ANSWER)) {
                    fail("no answer within " + LAST_ANSWER.toSeconds() + " s of the end");
                    stream.interrupt();
                }
            }
        } catch (InterruptedException e) {
            streams.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }
}
