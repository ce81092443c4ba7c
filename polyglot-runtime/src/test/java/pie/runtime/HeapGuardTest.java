package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pie.runtime.HeapFigures.Figure;

/** Choose whom to end on a full heap of 1,000 bytes, where a guest of up to 100 bytes is never chosen. */
final class HeapGuardTest {
    private static final List<String> GUESTS = List.of("old", "leaker", "small");

    private final Map<String, Long> allocated = new HashMap<>(Map.of("old", 50_000L, "leaker", 10L, "small", 10L));
    private int collections;
    private final HeapGuard<String> guard = new HeapGuard<>(1_000, 100, allocated::get, () -> collections++);

    @Test
    void nobodyIsEndedWhileTheHeapIsCalmHoweverMuchItAllocates() {
        for (int i = 0; i < 100; i++) {
            allocated.merge("old", 1_000L, Long::sum);
            assertThat(guard.choose(new Figure(i, 800, i % 10 == 0), GUESTS)).isEmpty();
        }
        assertThat(collections).isZero();
    }

    @Test
    void garbageOfAYoungCollectionIsNobodysFault() {
        guard.choose(new Figure(1, 500, false), GUESTS);
        allocated.put("leaker", 900L);
        assertThat(guard.choose(new Figure(2, 900, false), GUESTS)).isEmpty();
        assertThat(collections).isEqualTo(1);
        assertThat(guard.choose(new Figure(3, 500, true), GUESTS)).isEmpty();
    }

    @Test
    void theOneThatAllocatedMostSinceTheHeapWasCalmIsEndedOnceForEachWholeCollection() {
        guard.choose(new Figure(1, 500, false), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.choose(new Figure(2, 900, true), GUESTS)).contains("leaker");
        assertThat(guard.choose(new Figure(2, 900, true), List.of("old", "small")))
                .isEmpty();
        assertThat(collections).isEqualTo(1);
        assertThat(guard.choose(new Figure(3, 900, true), List.of("old", "small")))
                .contains("old");
    }

    @Test
    void nobodyElseIsEndedForWhatTheEndedOneStillHolds() {
        guard.choose(new Figure(1, 500, false), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.choose(new Figure(2, 900, true), GUESTS)).contains("leaker");
        allocated.merge("old", 2_000L, Long::sum);
        assertThat(guard.choose(new Figure(3, 900, true), GUESTS)).isEmpty();
        assertThat(guard.choose(new Figure(3, 900, true), List.of("old", "small")))
                .isEmpty();
        assertThat(guard.choose(new Figure(4, 400, true), List.of("old", "small")))
                .isEmpty();
    }

    @Test
    void oneThatCannotBeEndedProtectsTheOthersForAWhileOnly() {
        guard.choose(new Figure(1, 500, false), GUESTS);
        allocated.put("leaker", 900L);
        assertThat(guard.choose(new Figure(2, 900, true), GUESTS)).contains("leaker");
        allocated.merge("old", 2_000L, Long::sum);
        int ticks = 0;
        while (guard.choose(new Figure(3 + ticks, 900, true), GUESTS).isEmpty()) {
            assertThat(ticks++).isLessThan(1_000);
        }
        assertThat(ticks).isGreaterThan(10);
    }

    @Test
    void aCollectionIsAskedForOnlyNowAndThen() {
        for (int tick = 0; tick < 100; tick++) {
            guard.choose(new Figure(tick, 900, false), GUESTS);
        }
        assertThat(collections).isEqualTo(3);
    }

    @Test
    void anAllocationThatFailsIsReasonEnoughAndEndsOneAtATime() {
        guard.choose(new Figure(1, 500, false), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.chooseStarved(GUESTS)).contains("leaker");
        assertThat(guard.chooseStarved(GUESTS)).isEmpty();
        assertThat(guard.chooseStarved(List.of("old", "small"))).contains("old");
        assertThat(guard.chooseStarved(List.of("small"))).isEmpty();
    }

    @Test
    void manySmallOnesAreNotEnded() {
        guard.choose(new Figure(1, 500, true), GUESTS);
        GUESTS.forEach(guest -> allocated.merge(guest, 100L, Long::sum));
        assertThat(guard.choose(new Figure(2, 900, true), GUESTS)).isEmpty();
    }
}
