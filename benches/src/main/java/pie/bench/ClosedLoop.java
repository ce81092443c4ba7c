package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keep a number of requests in flight until all are answered. */
final class ClosedLoop {
    /** Send one request. */
    interface Call<T> {
        Sample send(T request) throws IOException, InterruptedException;
    }

    /** @param wallNanos from the first request to the last answer */
    record Round(List<Sample> samples, long wallNanos) {
        long failed() {
            return samples.stream().filter(s -> !s.ok()).count();
        }

        long tokens() {
            return samples.stream().mapToLong(Sample::tokens).sum();
        }

        double tokensPerSecond() {
            return tokens() / (wallNanos / 1e9);
        }
    }

    private ClosedLoop() {}

    static <T> Round run(List<T> requests, int concurrency, Call<T> call) throws InterruptedException {
        Queue<T> queue = new ConcurrentLinkedQueue<>(requests);
        List<Sample> samples = Collections.synchronizedList(new ArrayList<>());
        List<Thread> workers = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < Math.min(concurrency, requests.size()); i++) {
            workers.add(Thread.ofVirtual().start(() -> {
                for (T request = queue.poll(); request != null; request = queue.poll()) {
                    samples.add(sample(call, request));
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return new Round(List.copyOf(samples), System.nanoTime() - start);
    }

    private static <T> Sample sample(Call<T> call, T request) {
        try {
            return call.send(request);
        } catch (IOException e) {
            return Sample.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sample.failed("interrupted");
        }
    }
}
