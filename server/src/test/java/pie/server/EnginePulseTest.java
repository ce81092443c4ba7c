package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pie.engine.EngineStats;
import pie.engine.ErrorCode;
import pie.engine.HostStats;
import pie.engine.PieException;
import pie.engine.market.MarketStats;

class EnginePulseTest {
    private static EngineStats stats(int steps) {
        return new EngineStats(
                steps,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                HostStats.NONE,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                MarketStats.NONE);
    }

    @Test
    void asksOnceForManyAndSharesTheAnswer() throws Exception {
        var asked = new AtomicInteger();
        var go = new CountDownLatch(1);
        var pulse = new EnginePulse("m", () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return stats(asked.incrementAndGet());
        });
        var first = pulse.ask();
        var second = pulse.ask();
        go.countDown();
        assertThat(first.join()).isEqualTo(second.join());
        assertThat(asked).hasValue(1);
        await().until(() -> pulse.stats().orElseThrow().steps() >= 1);
    }

    @Test
    void givesTheLastCountsAndItsSilenceWhenTheLoopHangs() {
        var hang = new CountDownLatch(1);
        var calls = new AtomicInteger();
        var pulse = new EnginePulse("m", () -> {
            if (calls.incrementAndGet() > 1) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return stats(7);
        });
        assertThat(pulse.stats().orElseThrow().steps()).isEqualTo(7);
        await().until(() -> pulse.silence().compareTo(Duration.ofMillis(150)) > 0);
        assertThat(pulse.stats().orElseThrow().steps()).isEqualTo(7);
        assertThat(pulse.silence()).isGreaterThan(Duration.ofMillis(150));
        hang.countDown();
    }

    @Test
    void knowsNothingOfALoopThatFails() {
        var pulse = new EnginePulse("m", () -> {
            throw new PieException(ErrorCode.DEVICE_LOST, "gone");
        });
        assertThat(pulse.stats()).isEmpty();
        assertThat(pulse.model()).isEqualTo("m");
    }
}
