package pie.engine.market;

import java.util.Arrays;

/** List who owes which rent for one tick, until its step ends. Reused. */
public final class Bill {
    Bidder[] bidders = new Bidder[16];
    long[] due = new long[16];
    int count;

    void add(Bidder bidder, long rent) {
        if (count == bidders.length) {
            bidders = Arrays.copyOf(bidders, 2 * count);
            due = Arrays.copyOf(due, 2 * count);
        }
        bidders[count] = bidder;
        due[count++] = rent;
    }

    void clear() {
        Arrays.fill(bidders, 0, count, null);
        count = 0;
    }
}
