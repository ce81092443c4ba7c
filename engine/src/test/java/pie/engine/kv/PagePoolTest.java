package pie.engine.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

final class PagePoolTest {
    @Test
    void sipHashMatchesItsPublishedVector() {
        SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        hash.hash(new long[0], 0);
        assertThat(hash.high()).isEqualTo(0xe6a825ba047f81a3L);
        assertThat(hash.low()).isEqualTo(0x930255c71472f66dL);
    }

    @Test
    void aSlotCannotBeFreedTwice() {
        PagePool pool = new PagePool(4);
        int slot = pool.allocate();
        pool.release(slot);
        assertThatThrownBy(() -> pool.release(slot))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void theLeastRecentlyUsedRetainedSlotGoesFirst() {
        PagePool pool = new PagePool(3);
        for (int i = 0; i < 3; i++) {
            pool.commit(pool.allocate(), i, i);
        }
        int first = pool.find(0, 0);
        int second = pool.find(1, 1);
        pool.release(first);
        pool.release(second);
        pool.take(first);
        pool.release(first);
        assertThat(pool.allocate()).isEqualTo(second);
        assertThat(pool.find(1, 1)).isEqualTo(-1);
        assertThat(pool.find(0, 0)).isEqualTo(first);
    }

    @Test
    void randomUseKeepsTheLaw() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            PagePool pool = new PagePool(16);
            List<Integer> held = new ArrayList<>();
            Map<Integer, Boolean> working = new HashMap<>();
            for (int i = 0; i < 400; i++) {
                int pick = held.isEmpty() ? -1 : held.get(random.nextInt(held.size()));
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        if (pool.available() > 0) {
                            int slot = pool.allocate();
                            held.add(slot);
                            working.put(slot, true);
                        }
                    }
                    case 2 -> {
                        if (pick >= 0 && working.get(pick)) {
                            pool.commit(pick, random.nextInt(8) + 8L * i, i);
                            working.put(pick, false);
                        }
                    }
                    case 3 -> {
                        if (pick >= 0 && !working.get(pick)) {
                            pool.take(pick);
                            held.add(pick);
                        }
                    }
                    default -> {
                        if (pick >= 0) {
                            pool.release(pick);
                            held.remove((Integer) pick);
                        }
                    }
                }
                int[] counted = new int[16];
                held.forEach(slot -> counted[slot]++);
                pool.checkIntegrity(counted);
            }
        }
    }
}
