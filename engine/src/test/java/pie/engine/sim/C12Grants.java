package pie.engine.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.market.AuctionView;
import pie.engine.market.AuctionView.Seat;
import pie.engine.market.Bidder;
import pie.engine.market.Market;
import pie.engine.market.MarketStats;

/**
 * Whoever was excluded did not fit beside the grants ranked above; pages were taken only while slots were short, from the worst-ranked;
 * each displacement is explained.
 */
final class C12Grants implements Checker {
    private long displaced;

    @Override
    public void auctioned(EngineSim sim, Market market) {
        List<Seat> seats = AuctionView.seats(market, sim.pageSize());
        int total = sim.engine().store().pool().total();
        order(seats);
        Map<Integer, Integer> names = new HashMap<>();
        int inUse = 0;
        int wanted = 0;
        for (Seat seat : seats) {
            inUse += seat.own();
            wanted += seat.more();
            for (int slot : seat.shared()) {
                inUse += names.merge(slot, 1, Integer::sum) == 1 ? 1 : 0;
            }
        }
        // Slots that a step still writes are in use, though nobody may hold them any more.
        int held = sim.engine().store().pool().held();
        require(held >= inUse, "contexts hold " + inUse + " slots of " + held + " in use");
        if (held + wanted > total) {
            grants(seats, total);
        } else {
            for (Seat seat : seats) {
                require(seat.granted(), "somebody is excluded and there is room for all");
            }
        }
        displacements(market, seats, names, total - held, held > inUse);
    }

    private void order(List<Seat> seats) {
        for (int i = 1; i < seats.size(); i++) {
            Seat before = seats.get(i - 1);
            Seat seat = seats.get(i);
            require(before.ahead() || !seat.ahead(), "somebody who goes ahead ranks behind the others");
            require(
                    before.ahead() || before.value() >= seat.value(),
                    "rank " + (i + 1) + " is worth " + seat.value() + ", the one before " + before.value());
        }
    }

    private void grants(List<Seat> seats, int total) {
        Set<Integer> covered = new HashSet<>();
        int used = 0;
        for (Seat seat : seats) {
            used += seat.fixed() ? seat.own() + cover(covered, seat) : 0;
        }
        for (Seat seat : seats) {
            int need = seat.more();
            if (!seat.fixed()) {
                need += seat.own();
                for (int slot : seat.shared()) {
                    need += covered.contains(slot) ? 0 : 1;
                }
            }
            boolean newcomer = seat.holds() == 0 && !seat.ahead();
            int room = newcomer ? Math.min(seat.headroom(), Math.max(0, total - need)) : 0;
            boolean fits = used + need + room <= total;
            require(
                    fits == seat.granted(),
                    "a context that needs " + need + " and room for " + room + " beside " + used + " of " + total
                            + " is granted: " + seat.granted());
            if (fits) {
                used += need;
                cover(covered, seat);
            }
        }
    }

    private static int cover(Set<Integer> covered, Seat seat) {
        int n = 0;
        for (int slot : seat.shared()) {
            n += covered.add(slot) ? 1 : 0;
        }
        return n;
    }

    private void displacements(Market market, List<Seat> seats, Map<Integer, Integer> names, int spare, boolean given) {
        int free = spare;
        Map<Bidder, Seat> bySeat = new HashMap<>();
        for (Seat seat : seats) {
            bySeat.put(seat.bidder(), seat);
            free -= seat.granted() ? seat.more() : 0;
        }
        int rank = Integer.MAX_VALUE;
        for (int i = 0; i < market.displacements(); i++) {
            Seat victim = bySeat.get(market.displaced(i));
            Seat by = bySeat.get(market.displacer(i));
            require(free < 0, "pages were taken and no slot was needed");
            require(victim != null && by != null, "a displacement names nobody");
            if (victim == null || by == null) {
                return;
            }
            require(by.granted() && by.more() > 0, "pages were taken for somebody who gets none");
            require(!victim.granted() && !victim.fixed() && victim.holds() > 0, "pages were taken from the wrong one");
            require(seats.indexOf(victim) < rank, "pages were not taken from the end of the order");
            rank = seats.indexOf(victim);
            free += victim.own();
            for (int slot : victim.shared()) {
                free += names.merge(slot, -1, Integer::sum) == 0 ? 1 : 0;
            }
        }
        require(free >= 0 || given || blocked(seats), "slots are short for what was granted: " + free);
    }

    /** Say whether somebody holds slots that cannot be taken, for which a grant may wait. */
    private static boolean blocked(List<Seat> seats) {
        for (Seat seat : seats) {
            if (seat.fixed() && !seat.granted()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void afterTurn(EngineSim sim) {
        MarketStats stats = sim.engine().stats().market();
        if (stats.displacements() == displaced) {
            return;
        }
        displaced = stats.displacements();
        require(
                stats.recent().size() == Math.min(64, displaced),
                displaced + " displacements and " + stats.recent().size() + " explanations");
        for (MarketStats.Displacement each : stats.recent()) {
            require(each.event().by() != null && each.event().price() >= 0, "a displacement does not say by whom");
        }
    }
}
