package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Send prompts to one engine, and keep the clock. */
final class Load {
    /** @param wallNanos from the first request to the last answer */
    record Round(List<Answer> answers, long wallNanos) {
        long failed() {
            return answers.stream().filter(a -> !a.ok()).count();
        }

        long outputTokens() {
            return answers.stream().mapToLong(Answer::outputTokens).sum();
        }

        long promptTokens() {
            return answers.stream().mapToLong(Answer::promptTokens).sum();
        }

        double seconds() {
            return wallNanos / 1e9;
        }

        /** Sum it up on one line for people. */
        String line(String engine, int repeat) {
            return String.format(
                    Locale.ROOT,
                    "%-14s repeat %d: %7.1f tokens/s  ttft p50 %7.1f ms  tpot p50 %6.2f ms  failed %d",
                    engine,
                    repeat + 1,
                    outputTokens() / seconds(),
                    Figures.medians(List.of(this), Answer::ttft)[0],
                    Figures.medians(List.of(this), Answer::tpot)[0],
                    failed());
        }
    }

    private Load() {}

    /** Keep {@code concurrency} requests in flight. */
    static Round closed(Asker asker, List<Prompt> prompts, int concurrency) throws InterruptedException {
        var next = new AtomicInteger();
        Answer[] answers = new Answer[prompts.size()];
        List<Thread> workers = new ArrayList<>();
        long start = System.nanoTime();
        for (int w = 0; w < Math.min(concurrency, prompts.size()); w++) {
            workers.add(Thread.ofVirtual().start(() -> {
                for (int i = next.getAndIncrement(); i < answers.length; i = next.getAndIncrement()) {
                    answers[i] = ask(asker, prompts.get(i));
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return new Round(List.of(answers), System.nanoTime() - start);
    }

    /** Send each at its time, and never wait for answers to do so. */
    static Round open(Asker asker, List<Prompt> prompts, long[] times) throws InterruptedException {
        Answer[] answers = new Answer[prompts.size()];
        List<Thread> senders = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < answers.length; i++) {
            int n = i;
            senders.add(Thread.ofVirtual().start(() -> {
                long due = start + times[n];
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                long late = System.nanoTime() - due;
                answers[n] = ask(asker, prompts.get(n)).sentLate(late);
            }));
        }
        for (Thread sender : senders) {
            sender.join();
        }
        return new Round(List.of(answers), System.nanoTime() - start);
    }

    private static Answer ask(Asker asker, Prompt prompt) {
        try {
            return asker.ask(prompt);
        } catch (IOException e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.failed("interrupted");
        }
    }
}
