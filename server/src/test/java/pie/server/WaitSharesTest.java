package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import pie.engine.process.Pace;

class WaitSharesTest {
    private static long sum(Map<String, Long> waits) {
        return waits.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Pace pace(long work, long queue, long allocation, long restore) {
        return new Pace(0, 0, 0, 0, work, queue, allocation, restore, 0);
    }

    @Test
    void oneContextIsPartedExactly() {
        var waits = Map.of("guest", 50L, "forward", 1000L, "timer", 300L);
        Map<String, Long> parted = WaitShares.of(waits, pace(1000, 400, 250, 100));
        assertThat(parted)
                .containsEntry("allocation", 250L)
                .containsEntry("queue", 150L)
                .containsEntry("restore", 100L)
                .containsEntry("forward", 500L)
                .containsEntry("guest", 50L)
                .containsEntry("timer", 300L);
        assertThat(sum(parted)).isEqualTo(1350);
    }

    @Test
    void manyContextsArePartedInProportion() {
        Map<String, Long> parted = WaitShares.of(Map.of("forward", 1000L), pace(4000, 2000, 1000, 0));
        assertThat(parted)
                .containsEntry("allocation", 250L)
                .containsEntry("queue", 250L)
                .containsEntry("forward", 500L);
        assertThat(sum(parted)).isEqualTo(1000);
    }

    @Test
    void theSumHoldsWhateverTheEngineSays() {
        Map<String, Long> parted = WaitShares.of(Map.of("forward", 100L, "queue", 7L), pace(50, 5000, 4000, 900));
        assertThat(sum(parted)).isEqualTo(107);
        assertThat(WaitShares.of(Map.of("timer", 5L), Pace.NONE)).isEqualTo(Map.of("timer", 5L));
    }
}
