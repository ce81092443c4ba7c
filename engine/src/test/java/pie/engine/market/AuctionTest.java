package pie.engine.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The auction against a search through all sets of up to six contexts that share pages. */
final class AuctionTest {
    private static final int PAGE = 4;

    @Test
    void grantsPriceAndDisplacementsAreThoseOfASearch() {
        int contended = 0;
        int displaced = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            Scene scene = new Scene(random);
            scene.run();
            scene.check(seed);
            contended += scene.excluded.isEmpty() ? 0 : 1;
            displaced += scene.market.displacements();
        }
        assertThat(contended).isGreaterThan(5_000);
        assertThat(displaced).isGreaterThan(2_000);
    }

    private static final class Scene {
        final int total;
        final Market market;
        final List<Bidder> all = new ArrayList<>();
        final List<Set<Integer>> held = new ArrayList<>();
        final Set<Integer> inUse = new HashSet<>();
        final int headroomTicks;
        final List<Bidder> excluded = new ArrayList<>();

        Scene(Random random) {
            total = 6 + random.nextInt(20);
            market = new Market(MarketConfig.DEFAULT, total, PAGE);
            headroomTicks = random.nextInt(3) * 4;
            int n = 1 + random.nextInt(6);
            int prefix = random.nextInt(4);
            int next = prefix;
            for (int i = 0; i < n; i++) {
                Wallet wallet = market.ledger().open("owner " + random.nextInt(3), 1);
                Bidder bidder = new Bidder(wallet, i, -1);
                if (random.nextInt(5) > 0) {
                    bidder.set(random.nextInt(6) * Fixed.bid(0.002), true);
                }
                Set<Integer> mine = new HashSet<>();
                int shared = random.nextInt(prefix + 1);
                int own = random.nextInt(3) == 0 ? 0 : random.nextInt(Math.max(1, Math.min(6, total - next)));
                int[] slots = IntStream.range(0, shared + own).toArray();
                for (int j = 0; j < own; j++) {
                    slots[shared + j] = next++;
                }
                for (int slot : slots) {
                    mine.add(slot);
                }
                boolean told = random.nextBoolean();
                bidder.holds(told ? own : 0, slots, told ? shared : shared + own, mine.size() * Fixed.PAGE);
                boolean works = mine.isEmpty() || random.nextInt(4) > 0;
                int more = works ? random.nextInt(Math.max(1, Math.min(8, total - mine.size() + 1))) : 0;
                boolean fixed = !mine.isEmpty() && random.nextInt(8) == 0;
                bidder.wants(more, works, fixed, random.nextInt(3) * 1_000_000_000L);
                all.add(bidder);
                held.add(mine);
                inUse.addAll(mine);
            }
        }

        void run() {
            market.begin();
            for (Bidder bidder : all) {
                market.add(bidder, 2_500_000_000L);
            }
            market.clear(inUse.size(), headroomTicks);
        }

        void check(int seed) {
            List<Bidder> order = new ArrayList<>(all);
            order.sort(Comparator.comparing((Bidder b) -> !b.ahead())
                    .thenComparing(b -> b.ahead()
                            ? 0
                            : -(b.effectiveBid() + (held(b).isEmpty() ? 0 : MarketConfig.DEFAULT.incumbency())))
                    .thenComparing(b -> !b.ahead() && held(b).isEmpty())
                    .thenComparing(Bidder::waitSince)
                    .thenComparing(b -> b.arrival));
            for (int i = 0; i < order.size(); i++) {
                assertThat(market.ranked(i)).as("rank %d, seed %d", i, seed).isSameAs(order.get(i));
            }
            Set<Bidder> granted = best(order);
            for (Bidder bidder : order) {
                assertThat(bidder.granted())
                        .as("grant of %d, seed %d", bidder.arrival, seed)
                        .isEqualTo(granted.contains(bidder));
                if (!bidder.granted()) {
                    excluded.add(bidder);
                }
            }
            long price = excluded.stream().mapToLong(Bidder::effectiveBid).max().orElse(0);
            assertThat(market.price()).as("price, seed %d", seed).isEqualTo(price);
            checkDisplaced(order, seed);
        }

        /** Of all sets that fit, the first in the order of the ranks: who is better off goes before how many are. */
        private Set<Bidder> best(List<Bidder> order) {
            int all = 0;
            for (Bidder bidder : order) {
                all += bidder.wanted();
            }
            if (inUse.size() + all <= total) {
                return new HashSet<>(order);
            }
            long best = -1;
            for (int set = 0; set < 1 << order.size(); set++) {
                if (fits(order, set) && value(order, set) > best) {
                    best = value(order, set);
                }
            }
            Set<Bidder> granted = new HashSet<>();
            for (int i = 0; i < order.size(); i++) {
                if ((best >> order.size() - 1 - i & 1) != 0) {
                    granted.add(order.get(i));
                }
            }
            return granted;
        }

        private static long value(List<Bidder> order, int set) {
            long value = 0;
            for (int i = 0; i < order.size(); i++) {
                value = value << 1 | (set >> i & 1);
            }
            return value;
        }

        /** Say whether a set fits when its members are let in one by one, each newcomer with room to spare. */
        private boolean fits(List<Bidder> order, int set) {
            Set<Integer> slots = new HashSet<>();
            for (Bidder bidder : order) {
                if (bidder.fixed) {
                    slots.addAll(held(bidder));
                }
            }
            int promised = 0;
            for (int i = 0; i < order.size(); i++) {
                Bidder bidder = order.get(i);
                if ((set >> i & 1) == 0) {
                    continue;
                }
                slots.addAll(held(bidder));
                promised += bidder.wanted();
                int used = slots.size() + promised;
                boolean newcomer = held(bidder).isEmpty() && !bidder.ahead();
                int headroom = newcomer ? Math.min(headroomTicks / PAGE, Math.max(0, total - bidder.wanted())) : 0;
                if (used + headroom > total) {
                    return false;
                }
            }
            return true;
        }

        private void checkDisplaced(List<Bidder> order, int seed) {
            Set<Bidder> lost = new HashSet<>();
            int promised = order.stream()
                    .filter(Bidder::granted)
                    .mapToInt(Bidder::wanted)
                    .sum();
            int at = 0;
            for (int i = order.size() - 1; i >= 0; i--) {
                Bidder bidder = order.get(i);
                boolean may =
                        !bidder.granted() && !bidder.fixed && !held(bidder).isEmpty();
                boolean needed = left(lost).size() + promised > total;
                assertThat(bidder.displaced())
                        .as("displaced %d, seed %d", bidder.arrival, seed)
                        .isEqualTo(may && needed);
                if (bidder.displaced()) {
                    assertThat(market.displaced(at)).isSameAs(bidder);
                    assertThat(market.displacer(at).granted()).isTrue();
                    assertThat(market.displacer(at).wanted()).isPositive();
                    lost.add(bidder);
                    at++;
                }
            }
            assertThat(at).isEqualTo(market.displacements());
            assertThat(left(lost).size() + promised)
                    .as("promises are covered, seed %d", seed)
                    .isLessThanOrEqualTo(total);
        }

        private Set<Integer> left(Set<Bidder> lost) {
            Set<Integer> slots = new HashSet<>();
            for (Bidder bidder : all) {
                if (!lost.contains(bidder)) {
                    slots.addAll(held(bidder));
                }
            }
            return slots;
        }

        private Set<Integer> held(Bidder bidder) {
            return held.get((int) bidder.arrival);
        }
    }
}
