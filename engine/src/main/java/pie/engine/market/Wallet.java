package pie.engine.market;

/** Hold the credits of one process on one model. Micro-credits. */
public final class Wallet {
    final Account account;
    long balance;
    long endowment;
    long dividend;
    long rentPaid;
    long makePaid;
    long makeUnpaid;
    long dividends;
    /** Effective pages of the process's contexts, as if all were granted what they ask for. */
    long asked;

    Wallet(Account account) {
        this.account = account;
    }

    public Account account() {
        return account;
    }

    public long balance() {
        return balance;
    }

    /** Return the process's part of its owner's endowment. */
    public long endowment() {
        return endowment;
    }

    /** Return what the last tick paid to it. */
    public long dividend() {
        return dividend;
    }

    public long rentPaid() {
        return rentPaid;
    }

    public long makePaid() {
        return makePaid;
    }

    /** Return the make cost that the wallet could not pay. */
    public long makeUnpaid() {
        return makeUnpaid;
    }

    public long dividends() {
        return dividends;
    }
}
