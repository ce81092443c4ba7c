package pie.engine.market;

import java.util.Arrays;

/**
 * Decide for one tick who gets all the pages it asks for, whose pages are taken, and the price.
 *
 * <p>Grants are whole, in order; whoever does not fit is excluded, and later, smaller ones are still tried. The price is the highest
 * effective bid among the excluded. Excluded holders lose their pages from the end of the order, no more of them than needed.
 */
final class Auction {
    private final int total;
    /** Tick in which a slot was last seen, the contexts that name it, and whether a grant covers it. */
    private final long[] seen;

    private final int[] names;
    private final boolean[] covered;
    private long round;

    private int used;
    private int fixed;
    private long price;
    private Bidder[] displaced = new Bidder[16];
    private Bidder[] displacer = new Bidder[16];
    private int displacedCount;

    Auction(int total) {
        this.total = total;
        seen = new long[total];
        names = new int[total];
        covered = new boolean[total];
    }

    /**
     * Decide.
     *
     * @param order all that hold slots or wait, best first
     * @param inUse distinct slots that they hold
     */
    void run(Ranking order, int inUse, int headroomTicks, int pageSize) {
        price = 0;
        fixed = 0;
        displacedCount = 0;
        long wanted = inUse;
        for (int i = 0; i < order.size(); i++) {
            wanted += order.get(i).more;
        }
        if (wanted <= total) {
            for (int i = 0; i < order.size(); i++) {
                Bidder bidder = order.get(i);
                bidder.granted = true;
                bidder.displaced = false;
            }
            return;
        }
        name(order);
        grant(order, headroomTicks, pageSize);
        displace(order, inUse);
    }

    private void name(Ranking order) {
        round++;
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            for (int j = 0; j < bidder.slotCount; j++) {
                int slot = bidder.slots[j];
                if (seen[slot] != round) {
                    seen[slot] = round;
                    names[slot] = 0;
                    covered[slot] = false;
                }
                names[slot]++;
            }
        }
    }

    private void grant(Ranking order, int headroomTicks, int pageSize) {
        used = 0;
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            bidder.displaced = false;
            if (bidder.fixed) {
                used += bidder.own + cover(bidder);
            }
        }
        fixed = used;
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            int need = bidder.more + (bidder.fixed ? 0 : bidder.own + uncovered(bidder));
            boolean newcomer = bidder.holding() == 0 && !bidder.agedClass;
            int room = newcomer ? Math.min(bidder.headroom(headroomTicks, pageSize), Math.max(0, total - need)) : 0;
            bidder.granted = used + need + room <= total;
            if (bidder.granted) {
                used += need;
                cover(bidder);
            } else {
                price = Math.max(price, bidder.effectiveBid);
            }
        }
    }

    private int uncovered(Bidder bidder) {
        int n = 0;
        for (int j = 0; j < bidder.slotCount; j++) {
            n += covered[bidder.slots[j]] ? 0 : 1;
        }
        return n;
    }

    private int cover(Bidder bidder) {
        int n = 0;
        for (int j = 0; j < bidder.slotCount; j++) {
            n += covered[bidder.slots[j]] ? 0 : 1;
            covered[bidder.slots[j]] = true;
        }
        return n;
    }

    private void displace(Ranking order, int inUse) {
        int free = total - inUse;
        int next = 0;
        int granted = 0;
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            if (bidder.granted) {
                free -= bidder.more;
            }
        }
        // Freed slots go to the grants in rank order: the one that is short of them is the displacer.
        int spare = total - inUse;
        int worst = order.size() - 1;
        while (free < 0 && worst >= 0) {
            Bidder victim = order.get(worst--);
            if (victim.granted || victim.fixed || victim.holding() == 0) {
                continue;
            }
            while (next < order.size() - 1 && (!order.get(next).granted || granted + order.get(next).more <= spare)) {
                granted += order.get(next).granted ? order.get(next).more : 0;
                next++;
            }
            int freed = victim.own + drop(victim);
            free += freed;
            spare += freed;
            note(victim, order.get(next));
        }
    }

    private int drop(Bidder victim) {
        int n = 0;
        for (int j = 0; j < victim.slotCount; j++) {
            n += --names[victim.slots[j]] == 0 ? 1 : 0;
        }
        return n;
    }

    private void note(Bidder victim, Bidder by) {
        if (displacedCount == displaced.length) {
            displaced = Arrays.copyOf(displaced, 2 * displacedCount);
            displacer = Arrays.copyOf(displacer, 2 * displacedCount);
        }
        victim.displaced = true;
        displaced[displacedCount] = victim;
        displacer[displacedCount++] = by;
    }

    /** Return the distinct slots that cannot be taken, of a tick with too few slots. */
    int fixed() {
        return fixed;
    }

    long price() {
        return price;
    }

    int displacedCount() {
        return displacedCount;
    }

    Bidder displaced(int i) {
        return displaced[i];
    }

    Bidder displacer(int i) {
        return displacer[i];
    }
}
