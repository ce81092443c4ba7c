package pie.engine.market;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Show an auction and the accounts as they are inside, for a checker to work them out again. */
public final class AuctionView {
    private AuctionView() {}

    /** Describe what a bidder told and what it was answered. */
    public record Seat(
            Bidder bidder,
            int own,
            int[] shared,
            int more,
            boolean works,
            boolean fixed,
            boolean ahead,
            boolean granted,
            boolean displaced,
            long value,
            long effective,
            int headroom) {
        public int holds() {
            return own + shared.length;
        }
    }

    /** Return all that took part, best first. */
    public static List<Seat> seats(Market market, int pageSize) {
        List<Seat> seats = new ArrayList<>();
        for (int i = 0; i < market.size(); i++) {
            Bidder b = market.ranked(i);
            seats.add(new Seat(
                    b,
                    b.own,
                    Arrays.copyOf(b.slots, b.slotCount),
                    b.more,
                    b.works,
                    b.fixed,
                    b.agedClass,
                    b.granted,
                    b.displaced,
                    b.value,
                    b.effective,
                    b.headroom(market.config().residency(), pageSize)));
        }
        return seats;
    }

    /** Return what all wallets, purses and the carry hold, and throw if one of them is negative. */
    public static long held(Ledger ledger, List<String> owners) {
        long sum = ledger.carry();
        for (String owner : owners) {
            Account account = ledger.account(owner);
            if (account == null) {
                continue;
            }
            negative(account.purse, owner);
            sum += account.purse;
            for (Wallet wallet : account.wallets) {
                negative(wallet.balance, owner);
                sum += wallet.balance;
            }
        }
        return sum;
    }

    private static void negative(long credits, String owner) {
        if (credits < 0) {
            throw new AssertionError("an account of " + owner + " holds " + credits + " micro-credits");
        }
    }

    /** Return the shares of the endowment that the processes of owners have, and the endowments of those owners. */
    public static long[] endowments(Ledger ledger, List<String> owners) {
        long shares = 0;
        long whole = 0;
        for (String owner : owners) {
            Account account = ledger.account(owner);
            if (account == null || account.wallets.isEmpty()) {
                continue;
            }
            whole += account.endowment;
            for (Wallet wallet : account.wallets) {
                shares += wallet.endowment;
            }
        }
        return new long[] {shares, whole};
    }

    /** Return the open wallets of owners. */
    public static List<Wallet> wallets(Ledger ledger, List<String> owners) {
        List<Wallet> all = new ArrayList<>();
        for (String owner : owners) {
            Account account = ledger.account(owner);
            if (account != null) {
                all.addAll(account.wallets);
            }
        }
        return all;
    }

    /** Return the dividends that wallets ever got. */
    public static long dividends(List<Wallet> wallets) {
        long sum = 0;
        for (Wallet wallet : wallets) {
            sum += wallet.dividends;
        }
        return sum;
    }
}
