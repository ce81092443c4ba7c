package pie.engine;

/** Count what a context owes its process's budget of tokens: what is set aside for rows on their way, and what is paid for already. */
final class ContextCharges {
    private final Allowance allowance;
    /** Pending tokens that were generated here, so that their rows are paid for; a copy pays for its own rows. */
    private int paid;
    /** Tokens set aside for the present work, and for a row chained to it. */
    private long reserved;

    private long reservedChained;

    ContextCharges(Allowance allowance) {
        this.allowance = allowance;
    }

    /**
     * Set aside what rows [from, to) cost that are not reused, and what will be drawn; given back when the work ends.
     *
     * @throws PieException BUDGET_EXHAUSTED if that is more than the process has left
     */
    void reserve(int from, int to, int reused, int drawn) {
        long tokens = cost(from, to, reused) + drawn;
        allowance.reserve(tokens);
        reserved = tokens;
    }

    /** Return how many tokens the process can pay for beside rows [from, to). */
    int affordable(int from, int to) {
        return Math.clamp(allowance.tokensLeft() - cost(from, to, 0), 0, Integer.MAX_VALUE);
    }

    /** Set aside what one more generated token costs. Return false if the process cannot pay it now. */
    boolean reserveChained() {
        if (allowance.tokensLeft() < 1) {
            return false;
        }
        allowance.reserve(1);
        reservedChained = 1;
        return true;
    }

    /** Let what is set aside for the chained row pay for the present work. */
    void payChained() {
        reserved = reservedChained;
        reservedChained = 0;
    }

    /** Give back what is set aside for the chained row. */
    void releaseChained() {
        allowance.release(reservedChained);
        reservedChained = 0;
    }

    /** Return what computed rows cost, but for those that were paid for when they were generated. */
    long cost(int from, int to, int reused) {
        return Math.max(0, to - from - reused - paid);
    }

    /** Give back what is set aside for the present work. */
    void release() {
        allowance.release(reserved);
        reserved = 0;
    }

    /** Note a generated token: it is paid for, and so is its row. */
    void generated() {
        paid++;
    }

    /** Note that pending tokens were written: none is paid for any more. */
    void written() {
        paid = 0;
    }

    /** Note that only so many tokens are pending still. */
    void pending(int tokens) {
        paid = Math.min(paid, tokens);
    }
}
