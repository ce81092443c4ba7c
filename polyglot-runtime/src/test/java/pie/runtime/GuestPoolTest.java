package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.inferlet.Host;

/** Take from pools under pressure and leave them alone. */
final class GuestPoolTest {
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    private final class Counted implements Guest<String> {
        @Override
        public void complete() {
            completed.incrementAndGet();
        }

        @Override
        public String run(Host host, String program, String input) {
            return program;
        }

        @Override
        public Host.Foreign open(Host host, String program) {
            throw new UnsupportedOperationException("nothing to load");
        }

        @Override
        public void interrupt() {}

        @Override
        public void kill() {}

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private final class Counting extends TextLanguage {
        @Override
        public Guest<String> prepare() {
            made.incrementAndGet();
            return new Counted();
        }
    }

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    private GuestPool<String> pool(int least, boolean refills, Executor filler) {
        return new GuestPool<>(new Counting(), least, 4 * least, refills, filler);
    }

    @Test
    void aPoolWithTimeCompletesWhatItBeganWithAndGrows() {
        try (GuestPool<String> pool = pool(2, true, thread)) {
            assertThat(pool.language()).isNotNull();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> made.get() == 8);
            assertThat(completed).hasValue(2);
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> closed.get() == 8);
    }

    @Test
    void aPoolThatRunsEmptyGrowsToItsBound() throws Exception {
        try (GuestPool<String> pool = pool(1, true, thread)) {
            for (int round = 0; round < 6; round++) {
                pool.take();
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> made.get() == 6 + 4);
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> closed.get() == made.get() - 6);
    }

    @Test
    void oneLaunchIsNotReplacedNorCompleted() throws Exception {
        try (GuestPool<String> pool = pool(1, false, thread)) {
            assertThat(pool.awaitWarm(Duration.ofSeconds(30))).isTrue();
            pool.take();
        }
        assertThat(made).hasValue(1);
        assertThat(completed).hasValue(0);
    }

    @Test
    void whatIsMadeAfterTheCloseIsClosed() {
        List<Runnable> tasks = new ArrayList<>();
        GuestPool<String> pool = pool(1, true, tasks::add);
        pool.close();
        tasks.forEach(Runnable::run);
        assertThat(closed).hasValue(made.get());
    }
}
