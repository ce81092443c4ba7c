package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class EnginePulseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    private void hang() {
        asked.incrementAndGet();
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneQuestionIsOpenAtMost() {
        var pulse = new EnginePulse("m", this::hang);
        for (int i = 0; i < 10; i++) {
            pulse.ask();
        }
        await().atMost(PATIENCE).until(() -> asked.get() == 1);
        pulse.ask();
        go.countDown();
        await().atMost(PATIENCE).until(() -> {
            pulse.ask();
            return asked.get() > 1;
        });
    }

    @Test
    void silenceGrowsUntilTheLoopAnswers() {
        var pulse = new EnginePulse("m", this::hang);
        pulse.ask();
        Duration some = Duration.ofMillis(300);
        await().atMost(PATIENCE).until(() -> pulse.silence().compareTo(some) > 0);
        Duration before = pulse.silence();
        assertThat(pulse.silence()).isGreaterThanOrEqualTo(before);
        go.countDown();
        await().atMost(PATIENCE).until(() -> {
            pulse.ask();
            return pulse.silence().compareTo(before) < 0;
        });
    }

    @Test
    void aLoopThatFailsIsSilentAndIsAskedAgain() {
        var pulse = new EnginePulse("m", () -> {
            asked.incrementAndGet();
            throw new PieException(ErrorCode.DEVICE_LOST, "gone");
        });
        Duration start = pulse.silence();
        await().atMost(PATIENCE).until(() -> {
            pulse.ask();
            return asked.get() >= 2;
        });
        assertThat(pulse.silence()).isGreaterThan(start);
        assertThat(pulse.model()).isEqualTo("m");
    }
}
