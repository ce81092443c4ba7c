package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pie.engine.PieException;
import pie.engine.process.Budget;

@Timeout(60)
class ProcessTimeTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong(5 * SECOND);

    private ProcessTime time(Optional<Duration> wall, Optional<Duration> cpu, Optional<ProcessTime> parent) {
        return new ProcessTime(new Budget(OptionalLong.empty(), wall, cpu), parent, clock::get);
    }

    private ProcessTime child(ProcessTime parent) {
        return time(Optional.empty(), Optional.empty(), Optional.of(parent));
    }

    private static Map<String, Object> details(ProcessTime time) {
        return time.spent().map(PieException::details).orElse(Map.of());
    }

    @Test
    void cpuOfAllBelowCountsOnce() {
        ProcessTime top = time(Optional.empty(), Optional.of(Duration.ofSeconds(10)), Optional.empty());
        ProcessTime child = child(top);
        ProcessTime grandchild = child(child);
        top.cpu(SECOND);
        child.cpu(3 * SECOND);
        child.cpu(2 * SECOND); // a reading that comes late
        grandchild.cpu(6 * SECOND);
        assertThat(top.spent()).isEmpty();
        grandchild.cpu(6 * SECOND + 5_000_000);
        assertThat(details(top)).isEqualTo(Map.of("budget", "cpu", "scope", "process", "limit", 10.0, "used", 10.005));
        assertThat(details(grandchild)).containsEntry("scope", "parent").containsEntry("limit", 10.0);
        assertThat(top.cpuNanos()).isEqualTo(SECOND);
        assertThat(child.cpuNanos()).isEqualTo(3 * SECOND);
    }

    @Test
    void aChildMayHaveLessThanItsParent() {
        ProcessTime top = time(Optional.empty(), Optional.of(Duration.ofSeconds(10)), Optional.empty());
        ProcessTime child = time(Optional.empty(), Optional.of(Duration.ofSeconds(1)), Optional.of(top));
        child.cpu(2 * SECOND);
        assertThat(details(child)).containsEntry("scope", "process").containsEntry("limit", 1.0);
        assertThat(top.spent()).isEmpty();
    }

    @Test
    void wallTimeIsThatSinceTheParentBegan() {
        ProcessTime top = time(Optional.of(Duration.ofSeconds(10)), Optional.empty(), Optional.empty());
        clock.addAndGet(100 * SECOND); // in the queue
        assertThat(top.spent()).isEmpty();
        top.begin();
        clock.addAndGet(9 * SECOND);
        ProcessTime child = child(top);
        child.begin();
        assertThat(child.spent()).isEmpty();
        clock.addAndGet(2 * SECOND);
        assertThat(details(child)).isEqualTo(Map.of("budget", "wall", "scope", "parent", "limit", 10.0, "used", 11.0));
        assertThat(details(top)).containsEntry("scope", "process");
    }

    @Test
    void readingsOfManyThreadsAddUp() throws Exception {
        ProcessTime top = time(Optional.empty(), Optional.of(Duration.ofNanos(7999)), Optional.empty());
        var start = new CountDownLatch(1);
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            ProcessTime child = child(top);
            threads[i] = Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                Thread other = Thread.ofPlatform().start(() -> count(child));
                count(child);
                try {
                    other.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(top.spent()).as("8000 of 7999").isPresent();
        ProcessTime none = child(top);
        assertThat(none.cpuNanos()).isZero();
    }

    private static void count(ProcessTime child) {
        for (int nanos = 1; nanos <= 1000; nanos++) {
            child.cpu(nanos);
        }
    }
}
