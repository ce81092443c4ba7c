package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cpu.Harness.Context;
import pie.cpu.Harness.Slice;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** Workers rest when there is nothing to do, and how many there are changes no token: fewer than columns, or more than there are. */
class WorkersTest {
    private static final List<Integer> THREADS = List.of(1, 2, 3, 64);
    private static final long IDLE_MILLIS = 1000;
    /** A worker that spins or polls takes most of a second. */
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    @Test
    void anIdleDriverTakesNoProcessorTime() throws Exception {
        ThreadMXBean times = ManagementFactory.getThreadMXBean();
        assumeTrue(times.isThreadCpuTimeSupported());
        Set<Thread> others = new HashSet<>(Thread.getAllStackTraces().keySet());
        try (var model = Models.open(TinyModelsTest.directory("tiny-llama"));
                var driver = new CpuDriverProvider().open(model, config(3), line -> {})) {
            Harness h = new Harness(driver);
            h.pass(List.of(Slice.drawn(h.context(), new int[] {1, 2, 3})));
            List<Thread> workers = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> !others.contains(t) && t.getName().startsWith("pie-cpu-"))
                    .toList();
            assertThat(workers).hasSize(3);
            Awaitility.await().until(() -> workers.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
            long before = nanos(times, workers);
            Thread.sleep(IDLE_MILLIS);
            assertThat(nanos(times, workers) - before).isLessThan(MOST_NANOS);
            assertThat(before).isPositive();
        }
    }

    private static long nanos(ThreadMXBean times, List<Thread> threads) {
        return threads.stream()
                .mapToLong(t -> times.getThreadCpuTime(t.threadId()))
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-qwen2"})
    void tokensDoNotDependOnTheNumberOfThreads(String name) throws Exception {
        Path directory = TinyModelsTest.directory(name);
        int[] prompt =
                Reference.read(name + "/reference.json").items().getFirst().promptIds();
        assertSameTokens(directory, prompt, 12);
    }

    @Test
    void norDoThoseOfTheDefaultModel() {
        int[] prompt =
                Reference.read("smollm2-135m-instruct.json").items().getFirst().promptIds();
        assertSameTokens(TestModel.path(), prompt, 2); // a step of 64 waits hundreds of times for all of them
    }

    private static void assertSameTokens(Path file, int[] prompt, int count) {
        List<Integer> alone = tokens(file, 1, prompt, count);
        assertThat(alone).hasSize(count);
        for (int threads : THREADS.subList(1, THREADS.size())) {
            assertThat(tokens(file, threads, prompt, count))
                    .as("%d threads", threads)
                    .isEqualTo(alone);
        }
    }

    private static List<Integer> tokens(Path file, int threads, int[] prompt, int count) {
        try (var model = Models.open(file);
                Driver driver = new CpuDriverProvider().open(model, config(threads), line -> {})) {
            Harness h = new Harness(driver);
            Context context = h.context();
            List<Integer> tokens = new ArrayList<>();
            int[] next = prompt;
            while (tokens.size() < count) {
                tokens.add(
                        h.pass(List.of(Slice.drawn(context, next))).getFirst().token());
                next = new int[] {tokens.getLast()};
            }
            return tokens;
        }
    }

    private static DriverConfig config(int threads) {
        return Harness.config().withPages(64).withOption("threads", String.valueOf(threads));
    }
}
