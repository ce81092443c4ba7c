package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;
import pie.runtime.messaging.MessageBoard;
import pie.runtime.messaging.MessageLimits;

/** End a process whose thread has died where no error was expected: memory is out wherever it is asked for next. */
final class DyingThreadTest {
    /** Have no memory left for anything, whatever is called. */
    private static final class Starved implements Guest<String> {
        @Override
        public String run(Host host, String program, String input) {
            throw new OutOfMemoryError();
        }

        @Override
        public Host.Foreign open(Host host, String program) {
            throw new OutOfMemoryError();
        }

        @Override
        public long cpuNanos() {
            throw new OutOfMemoryError();
        }

        @Override
        public void interrupt() {}

        @Override
        public void kill() {}

        @Override
        public void close() {
            throw new OutOfMemoryError();
        }
    }

    private static final class Starving extends TextLanguage {
        @Override
        public Guest<String> prepare() {
            return new Starved();
        }
    }

    private final AtomicReference<Throwable> died = new AtomicReference<>();
    private final Thread.UncaughtExceptionHandler ofTheTests = Thread.getDefaultUncaughtExceptionHandler();

    /** The runner of the tests ends with a thread that dies. */
    @BeforeEach
    void letThreadsDie() {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> died.set(error));
    }

    @AfterEach
    void asItWas() {
        Thread.setDefaultUncaughtExceptionHandler(ofTheTests);
    }

    @Test
    void aProcessWhoseThreadDiedIsEndedByTheWatchdog() throws Exception {
        RuntimeConfig config = TestRuntime.config(Language.PYTHON);
        try (var t = new TestRuntime("dummy", config);
                var facilities = new Facilities(
                        config,
                        new MessageBoard(MessageLimits.DEFAULT),
                        (child, parent, program, input, tokens, seed) -> {
                            throw new AssertionError("no child is started");
                        },
                        language -> null);
                var pool = new GuestPool<>(new Starving(), 0, 0, false, Runnable::run)) {
            var ended = new CountDownLatch(1);
            var process = new GuestProcess<>(
                    ProcessId.random(),
                    Optional.empty(),
                    LaunchRequest.of(ProgramSource.of(Language.PYTHON, "main.py", "pass"), "{}"),
                    "pass",
                    pool,
                    t.runtime.engines(),
                    facilities,
                    1,
                    p -> ended.countDown());
            process.start();
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        process.tick();
                        return process.outcome().isDone();
                    });
            assertThat(process.outcome().get()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
                assertThat(failed.details()).containsEntry("limit", "heap");
            });
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(died.get()).isInstanceOf(OutOfMemoryError.class);
            t.audit();
        }
    }
}
