package pie.engine.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HostTierTest {
    private static PageKey key(int n) {
        return new PageKey(n * 31L, n);
    }

    @Test
    void theLeastRecentlyUsedPageGivesWay() {
        HostTier host = new HostTier(2);
        int one = host.offer(key(1));
        int two = host.offer(key(2));
        assertThat(host.offer(key(3))).as("both are being filled").isEqualTo(-1);
        host.filled(one, true);
        host.filled(two, true);
        host.pin(one);
        host.unpin(one);
        int three = host.offer(key(3));
        assertThat(three).isEqualTo(two);
        assertThat(host.find(key(2))).isEqualTo(-1);
        assertThat(host.find(key(1))).isEqualTo(one);
        host.filled(three, true);
        host.pin(one);
        host.pin(three);
        assertThat(host.offer(key(4))).as("both are being copied").isEqualTo(-1);
    }

    @Test
    void aPageThatWasNotFilledIsNotThere() {
        HostTier host = new HostTier(1);
        int slot = host.offer(key(1));
        host.pin(slot);
        host.filled(slot, false);
        assertThat(host.holds(slot, key(1))).isFalse();
        assertThat(host.free()).as("pinned by a copy back").isZero();
        host.unpin(slot);
        assertThat(host.free()).isEqualTo(1);
    }

    @Test
    void randomOperationsAgreeWithAMap() {
        Random random = new Random(7);
        HostTier host = new HostTier(9);
        Map<PageKey, Integer> held = new HashMap<>();
        Map<Integer, PageKey> filling = new HashMap<>();
        List<Integer> pinned = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    PageKey key = key(random.nextInt(40));
                    boolean known = held.containsKey(key) || filling.containsValue(key);
                    int slot = host.offer(key);
                    assertThat(slot == -1 || !known).isTrue();
                    if (slot >= 0) {
                        held.values().remove(slot);
                        filling.put(slot, key);
                    }
                }
                case 1 -> {
                    if (!filling.isEmpty()) {
                        int slot = filling.keySet().iterator().next();
                        boolean whole = random.nextInt(5) > 0;
                        PageKey key = filling.remove(slot);
                        host.filled(slot, whole);
                        if (whole) {
                            held.put(key, slot);
                        }
                    }
                }
                case 2 -> {
                    PageKey key = key(random.nextInt(40));
                    if (held.containsKey(key)) {
                        host.pin(held.get(key));
                        pinned.add(held.get(key));
                    }
                }
                default -> {
                    if (!pinned.isEmpty()) {
                        host.unpin(pinned.removeFirst());
                    }
                }
            }
            for (Map.Entry<PageKey, Integer> each : held.entrySet()) {
                assertThat(host.holds(each.getValue(), each.getKey())).isTrue();
            }
            assertThat(host.held()).isEqualTo(held.size());
            assertThat(host.filling()).isEqualTo(filling.size());
            host.checkIntegrity();
        }
    }
}
