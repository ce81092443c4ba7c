package pie.engine.market;

import java.util.ArrayList;
import java.util.List;

/** Hold what belongs to one owner: its weight, its processes' wallets, and a purse while it has none. Micro-credits. */
public final class Account {
    final String owner;
    final List<Wallet> wallets = new ArrayList<>();
    long endowment;
    long purse;
    long dormantSince;
    /** Whether a context of the owner held pages or had work since the last refill. */
    boolean busy;

    Account(String owner, long endowment) {
        this.owner = owner;
        this.endowment = endowment;
    }

    public long endowment() {
        return endowment;
    }

    public long purse() {
        return purse;
    }

    long balance() {
        long sum = 0;
        for (int i = 0; i < wallets.size(); i++) {
            sum += wallets.get(i).balance;
        }
        return sum;
    }

    /** Split the endowment over the wallets, to the last micro-credit. */
    void endow() {
        int n = wallets.size();
        for (int i = 0; i < n; i++) {
            wallets.get(i).endowment = part(endowment, i, n);
        }
    }

    /** Add an amount to the wallets, by share. */
    void spread(long amount) {
        int n = wallets.size();
        for (int i = 0; i < n; i++) {
            wallets.get(i).balance += part(amount, i, n);
        }
    }

    private static long part(long amount, int i, int n) {
        return amount / n + (i < amount % n ? 1 : 0);
    }
}
