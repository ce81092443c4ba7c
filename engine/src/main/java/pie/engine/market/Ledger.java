package pie.engine.market;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Keep the accounts of one model.
 *
 * <pre>
 *   issue ──► wallets ──make cost──► burnt ──refill──► wallets
 *               │  ▲
 *             rent dividend          purse of an owner without processes ──ttl──► retired
 *               ▼  │
 *              carry
 * </pre>
 */
public final class Ledger {
    private final MarketConfig config;
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final List<Account> active = new ArrayList<>();
    private final List<Account> dormant = new ArrayList<>();
    private long revenue;
    private long carry;
    private long issued;
    private long refilled;
    private long made;
    private long unpaid;
    private long retired;
    private long rents;
    private long endowments;
    private int processes;

    public Ledger(MarketConfig config) {
        this.config = config;
    }

    /** Open the wallet of a process; its credits come from its owner. */
    public Wallet open(String owner, double weight) {
        if (!(weight > 0 && weight <= 1e6)) {
            throw PieException.invalid("an owner's weight is a number above 0 and up to 1000000, got " + weight);
        }
        long endowment = Math.max(1, Math.round(weight * config.endowmentPages() * Fixed.CREDIT));
        Account account = accounts.get(owner);
        if (account == null) {
            account = new Account(owner, endowment);
            accounts.put(owner, account);
            account.purse = endowment;
            issued += endowment;
        }
        Wallet wallet = new Wallet(account);
        List<Wallet> siblings = account.wallets;
        if (siblings.isEmpty()) {
            dormant.remove(account);
            active.add(account);
            wallet.balance = account.purse;
            account.purse = 0;
        }
        for (Wallet sibling : siblings) {
            long given = sibling.balance / (siblings.size() + 1);
            sibling.balance -= given;
            wallet.balance += given;
        }
        siblings.add(wallet);
        endow(account, endowment);
        processes++;
        return wallet;
    }

    private void endow(Account account, long endowment) {
        account.endowment = endowment;
        account.endow();
        endowments = 0;
        for (Account each : active) {
            endowments += each.endowment;
        }
    }

    /** Close the wallet of a process; what it holds goes to its siblings, or into its owner's purse. */
    public void close(Wallet wallet, long now) {
        Account account = wallet.account;
        if (!account.wallets.remove(wallet)) {
            return;
        }
        processes--;
        long left = wallet.balance;
        wallet.balance = 0;
        wallet.endowment = 0;
        wallet.dividend = 0;
        if (account.wallets.isEmpty()) {
            active.remove(account);
            dormant.add(account);
            account.dormantSince = now;
            account.purse = Math.min(left, account.endowment);
            retired += left - account.purse;
        } else {
            account.spread(left);
        }
        endow(account, account.endowment);
    }

    /** Pay for new pages: what the wallet has, if it is short. */
    public void make(Wallet wallet, int pages) {
        long cost = pages * Fixed.CREDIT;
        long paid = Math.min(cost, wallet.balance);
        wallet.balance -= paid;
        wallet.makePaid += paid;
        wallet.makeUnpaid += cost - paid;
        made += paid;
        unpaid += cost - paid;
    }

    /** Take rent, to be paid out as dividend. Return what was paid. */
    long rent(Wallet wallet, long due) {
        long paid = Math.min(due, wallet.balance);
        wallet.balance -= paid;
        wallet.rentPaid += paid;
        revenue += paid;
        rents += paid;
        return paid;
    }

    /** Pay the rent of the tick out to the live processes, by endowment. Rest and all fractions stay for the next tick. */
    void pay() {
        long pot = revenue + carry;
        long left = pot;
        for (int i = 0; i < active.size(); i++) {
            List<Wallet> wallets = active.get(i).wallets;
            for (int j = 0; j < wallets.size(); j++) {
                Wallet wallet = wallets.get(j);
                wallet.dividend = pot == 0 ? 0 : Fixed.scale(pot, wallet.endowment, endowments);
                wallet.balance += wallet.dividend;
                wallet.dividends += wallet.dividend;
                left -= wallet.dividend;
            }
        }
        carry = left;
        revenue = 0;
    }

    /** Note that a context of a process held pages or had work. */
    void busy(Wallet wallet) {
        wallet.account.busy = true;
    }

    /** Issue what make cost burnt, by weight, to the owners that took part since the last time; retire old purses. */
    public void refill(long now) {
        long supply = carry + revenue;
        long busy = 0;
        for (int i = 0; i < active.size(); i++) {
            Account account = active.get(i);
            supply += account.balance();
            busy += account.busy ? account.endowment : 0;
        }
        long missing = Math.max(0, endowments - supply);
        for (int i = 0; i < active.size(); i++) {
            Account account = active.get(i);
            if (account.busy && missing > 0) {
                long room = config.refillCap() * account.endowment - account.balance();
                long part = Math.max(0, Math.min(room, Fixed.scale(missing, account.endowment, busy)));
                account.spread(part);
                refilled += part;
            }
            account.busy = false;
        }
        retire(now);
    }

    private void retire(long now) {
        while (!dormant.isEmpty()
                && now - dormant.getFirst().dormantSince >= config.purseTtl().toNanos()) {
            Account account = dormant.removeFirst();
            accounts.remove(account.owner);
            retired += account.purse;
            account.purse = 0;
        }
    }

    /** Say whether a refill may do something: some owner took part, and credits are missing. */
    public boolean refillable() {
        long supply = carry + revenue;
        boolean busy = false;
        for (int i = 0; i < active.size(); i++) {
            supply += active.get(i).balance();
            busy |= active.get(i).busy;
        }
        return busy && supply < endowments;
    }

    public @Nullable Account account(String owner) {
        return accounts.get(owner);
    }

    public int processes() {
        return processes;
    }

    /** Return the endowments of the owners that have processes. */
    public long endowments() {
        return endowments;
    }

    public long carry() {
        return carry;
    }

    public long issued() {
        return issued;
    }

    public long refilled() {
        return refilled;
    }

    /** Return the make cost paid so far. */
    public long made() {
        return made;
    }

    /** Return the make cost that wallets could not pay. */
    public long unpaid() {
        return unpaid;
    }

    public long retired() {
        return retired;
    }

    /** Return the rent paid so far. */
    public long rents() {
        return rents;
    }

    /** Return what all wallets hold. */
    public long balances() {
        long sum = 0;
        for (int i = 0; i < active.size(); i++) {
            sum += active.get(i).balance();
        }
        return sum;
    }

    /** Check the laws of the accounts. @throws PieException INTERNAL naming the breach */
    public void checkIntegrity() {
        long held = carry + revenue;
        long shares = 0;
        for (Account account : accounts.values()) {
            held += account.balance() + account.purse;
            boolean sound = account.purse >= 0 && (account.purse == 0 || account.wallets.isEmpty());
            for (Wallet wallet : account.wallets) {
                shares += wallet.endowment;
                sound &= wallet.balance >= 0;
            }
            check(sound, "an account of " + account.owner + " is negative, or a purse lies beside wallets");
        }
        check(
                held == issued + refilled - made - retired,
                held + " are held, issued " + issued + " + refilled " + refilled + " - made " + made + " - retired "
                        + retired);
        check(shares == endowments, "endowments of processes are " + shares + ", of owners " + endowments);
    }

    private static void check(boolean holds, String breach) {
        if (!holds) {
            throw new PieException(ErrorCode.INTERNAL, "ledger: " + breach + " (micro-credits)");
        }
    }
}
