package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Carry what tasks that ran at once came to.
 *
 * @param seconds until the last of them was done
 * @param results one of each task, in their order
 * @param computed rows that the device computed meanwhile, 0 where the engine does not say
 * @param reused tokens whose pages were there, 0 likewise
 */
record AtOnce<T>(double seconds, List<T> results, long computed, long reused) {
    /** Do the n-th task. */
    interface Task<T> {
        T run(int n) throws IOException, InterruptedException;
    }

    /** Do tasks at once, each on a thread of its own. @throws IOException of the first task that failed, once all have ended */
    static <T> AtOnce<T> run(Optional<PieOptions.Server> pie, int tasks, Task<T> task)
            throws IOException, InterruptedException {
        JsonNode before = totals(pie);
        long start = System.nanoTime();
        List<Future<T>> futures = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < tasks; i++) {
                int n = i;
                futures.add(threads.submit(() -> task.run(n)));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        JsonNode after = totals(pie);
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IOException("a task failed: " + e.getMessage(), e);
            }
        }
        return new AtOnce<>(
                seconds,
                results,
                more(before, after, "tokens_prefill") + more(before, after, "tokens_decode"),
                more(before, after, "tokens_cached"));
    }

    private static JsonNode totals(Optional<PieOptions.Server> pie) throws IOException, InterruptedException {
        return pie.isPresent() ? pie.get().stats().path("models").path(0).path("totals") : MissingNode.getInstance();
    }

    private static long more(JsonNode before, JsonNode after, String key) {
        return after.path(key).asLong(0) - before.path(key).asLong(0);
    }
}
