package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pie.runtime.HeapFigures.Figure;

/** Choose whom to end on a full heap of 1,000 bytes, where a guest of up to 50 bytes is never chosen. */
final class HeapGuardTest {
    private static final List<String> GUESTS = List.of("old", "leaker", "small");

    private final Map<String, Long> allocated = new HashMap<>(Map.of("old", 50_000L, "leaker", 10L, "small", 10L));
    private int collections;
    private Figure heap = new Figure(0, 0, 0);
    private final HeapGuard<String> guard = new HeapGuard<>(1_000, 50, allocated::get, () -> collections++);

    private Figure young(long used) {
        heap = new Figure(used, heap.whole(), heap.live());
        return heap;
    }

    private Figure whole(long used) {
        heap = new Figure(used, heap.whole() + 1, used);
        return heap;
    }

    @Test
    void nobodyIsEndedWhileTheHeapIsCalmHoweverMuchItAllocates() {
        for (int i = 0; i < 100; i++) {
            allocated.merge("old", 1_000L, Long::sum);
            assertThat(guard.choose(i % 10 == 0 ? whole(800) : young(800), GUESTS))
                    .isEmpty();
        }
        assertThat(collections).isZero();
    }

    @Test
    void garbageOfAYoungCollectionIsNobodysFault() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        assertThat(guard.choose(young(900), GUESTS)).isEmpty();
        assertThat(collections).isEqualTo(1);
        assertThat(guard.choose(whole(500), GUESTS)).isEmpty();
    }

    @Test
    void theOneThatAllocatedMostSinceTheHeapWasCalmIsEndedOnceForEachWholeCollection() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.choose(whole(900), GUESTS)).contains("leaker");
        assertThat(guard.choose(heap, List.of("old", "small"))).isEmpty();
        assertThat(collections).isEqualTo(1);
        assertThat(guard.choose(whole(900), List.of("old", "small"))).contains("old");
    }

    @Test
    void aWholeCollectionCountsThoughAYoungOneFollowed() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        whole(900);
        assertThat(guard.choose(young(920), GUESTS)).contains("leaker");
    }

    @Test
    void aWholeCollectionOfACalmHeapSaysNothingOfAFullOne() {
        guard.choose(whole(700), GUESTS);
        allocated.put("leaker", 900L);
        assertThat(guard.choose(young(920), GUESTS)).isEmpty();
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void nobodyElseIsEndedForWhatTheEndedOneStillHolds() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.choose(whole(900), GUESTS)).contains("leaker");
        allocated.merge("old", 2_000L, Long::sum);
        assertThat(guard.choose(whole(900), GUESTS)).isEmpty();
        assertThat(guard.choose(whole(900), List.of("old", "small"))).isEmpty();
        assertThat(guard.choose(whole(400), List.of("old", "small"))).isEmpty();
    }

    @Test
    void oneThatCannotBeEndedProtectsTheOthersForAWhileOnly() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        assertThat(guard.choose(whole(900), GUESTS)).contains("leaker");
        allocated.merge("old", 2_000L, Long::sum);
        int ticks = 0;
        while (guard.choose(whole(900), GUESTS).isEmpty()) {
            assertThat(ticks++).isLessThan(1_000);
        }
        assertThat(ticks).isGreaterThan(10);
    }

    @Test
    void aCollectionIsAskedForOnlyNowAndThen() {
        for (int tick = 0; tick < 100; tick++) {
            guard.choose(young(900), GUESTS);
        }
        assertThat(collections).isEqualTo(3);
    }

    @Test
    void anAllocationThatFailsIsReasonEnoughAndEndsOneAtATime() {
        guard.choose(young(500), GUESTS);
        allocated.put("leaker", 900L);
        allocated.merge("old", 200L, Long::sum);
        assertThat(guard.chooseStarved(GUESTS)).contains("leaker");
        assertThat(guard.chooseStarved(GUESTS)).isEmpty();
        assertThat(guard.chooseStarved(List.of("old", "small"))).contains("old");
        assertThat(guard.chooseStarved(List.of("small"))).isEmpty();
    }

    /** Else a heap that is full to the brim before anybody allocated so much would end whose allocation fails. */
    @Test
    void inASmallHeapAFewAreEnoughToBeEnded() {
        var small = new HeapGuard<String>(1_000, 5_000, allocated::get, () -> {});
        small.choose(whole(500), GUESTS);
        GUESTS.forEach(guest -> allocated.merge(guest, 50L, Long::sum));
        assertThat(small.choose(whole(900), GUESTS)).isEmpty();
        allocated.merge("leaker", 20L, Long::sum);
        assertThat(small.choose(whole(900), GUESTS)).contains("leaker");
    }

    @Test
    void manySmallOnesAreNotEnded() {
        guard.choose(whole(500), GUESTS);
        GUESTS.forEach(guest -> allocated.merge(guest, 50L, Long::sum));
        assertThat(guard.choose(whole(900), GUESTS)).isEmpty();
    }
}
