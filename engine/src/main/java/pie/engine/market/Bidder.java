package pie.engine.market;

/**
 * Stand for one context in the auctions of its device. Its owner states what it holds and wants before each tick; the auction answers.
 * The effective bid, rents and grants are of the last tick.
 */
public final class Bidder {
    private static final long NONE = -1;
    private static final int[] NO_SLOTS = {};
    private static final Object NOBODY = new Object();
    /** Tokens that a context without a generation is expected to go on for. */
    private static final long IDLE_HORIZON = 4096;
    /** How long an aged context may be without work and go on being so: its program thinks before the next token. */
    private static final long REST = 100_000_000;

    private static final long LONG_AGO = Long.MIN_VALUE / 2;

    final Wallet wallet;
    final long arrival;
    private final Object subject;

    // What it holds and wants, told before each tick.
    int own;
    int[] slots = NO_SLOTS;
    int slotCount;
    int more;
    long effective;
    boolean works;
    boolean fixed;
    long waitSince;
    private long behindSince = Long.MAX_VALUE;
    private long restsSince = LONG_AGO;

    // Its bid.
    private long once = NONE;
    private long hold = NONE;
    private long inherited = NONE;
    private long frozen = NONE;
    private final long launch;
    private int idle;
    private boolean keep;
    private boolean onceUsed;
    private long horizon = IDLE_HORIZON;
    private boolean certain;

    // What the last tick said.
    boolean listed;
    long tick = -1;
    boolean agedClass;
    boolean insisted;
    /** Whether it was let ahead of everybody for the work at hand. */
    boolean insists;

    boolean granted;
    boolean displaced;
    long bid;
    long effectiveBid;
    long value;
    long rent;
    int rank;

    // Ageing.
    boolean aged;
    private long agedSince;
    private int stepsLeft;
    private boolean ran;
    private long turnEnds;

    // Counted.
    long displacements;
    long restores;
    private boolean away;

    /**
     * @param arrival place in the order of arrival, unlike any other's
     * @param launch bid that stands for the default, negative for none
     * @param subject what bids, for its owner to find it again
     */
    public Bidder(Wallet wallet, long arrival, long launch, Object subject) {
        this.wallet = wallet;
        this.arrival = arrival;
        this.launch = launch;
        this.subject = subject;
    }

    Bidder(Wallet wallet, long arrival, long launch) {
        this(wallet, arrival, launch, NOBODY);
    }

    public Object subject() {
        return subject;
    }

    /** Bid what another bids now, until the first pass. */
    public void inherit(Bidder parent) {
        inherited = parent.idle > 0 ? NONE : parent.asked(parent.tick < 0 ? NONE : parent.bid);
    }

    /** Bid a value for the next pass, or until told otherwise. */
    public void set(long value, boolean stays) {
        once = stays ? NONE : value;
        hold = stays ? value : NONE;
        onceUsed = false;
    }

    /** End what {@link #set} began. */
    public void unset() {
        once = NONE;
        hold = NONE;
    }

    /** Bid nothing while at least one scope is open. */
    public void idle(boolean open) {
        idle = Math.max(0, idle + (open ? 1 : -1));
    }

    public boolean isIdle() {
        return idle > 0;
    }

    /** Expect a generation of {@code tokens} more, {@code certain} if it will hardly be less. */
    public void expect(long tokens, boolean certain) {
        horizon = Math.max(1, Math.min(tokens, 1 << 22));
        this.certain = certain;
    }

    /** Say whether to work the default bid out once, at the next auction, and to let a set bid last until {@link #generated}. */
    public void keepBid(boolean on) {
        keep = on;
        frozen = NONE;
    }

    /** Note the end of a generation. */
    public void generated() {
        horizon = IDLE_HORIZON;
        certain = false;
        if (keep) {
            keep = false;
            frozen = NONE;
            once = NONE;
        }
    }

    /** Note that a pass, or a step of a generation, has ended. */
    public void passed() {
        inherited = NONE;
        if (onceUsed && !keep) {
            once = NONE;
        }
    }

    /** Note that its pages were taken. */
    public void lost() {
        displacements++;
        away = true;
    }

    /** Note that its program gave its pages up. */
    public void left() {
        away = true;
    }

    /** Say whether its pages are gone since it last ran. */
    public boolean away() {
        return away;
    }

    /** Note that it runs again. Return whether its pages had been taken. */
    public boolean back() {
        boolean was = away;
        restores += was ? 1 : 0;
        away = false;
        return was;
    }

    /** Note a step that lengthened the context. */
    public void ran() {
        if (aged && --stepsLeft == 0) {
            aged = false;
        }
        ran = true;
    }

    /** State what the context holds: slots of its own, and slots that others may hold too. */
    public void holds(int own, int[] slots, int slotCount, long effective) {
        this.own = own;
        this.slots = slots;
        this.slotCount = slotCount;
        this.effective = effective;
    }

    /**
     * State what the context wants.
     *
     * @param more slots that it lacks for all its rows
     * @param works whether it has rows to run
     * @param fixed whether its slots cannot be taken from it
     * @param waitSince when it began to wait; without work no matter
     */
    public void wants(int more, boolean works, boolean fixed, long waitSince) {
        this.more = more;
        this.works = works;
        insists &= works;
        this.fixed = fixed;
        this.waitSince = waitSince;
    }

    /**
     * State since when it has not come further. Steps that only compute again what was taken do not count, or those who take each other's
     * pages would neither come further nor age.
     */
    public void behind(long since) {
        behindSince = since;
    }

    /** State since when it has had no work; if nobody does, it is for long. */
    public void rests(long since) {
        restsSince = since;
    }

    /** Return since when it waits, for the order: an aged one keeps its place while it runs. */
    long since() {
        return aged ? agedSince : waitSince;
    }

    int holding() {
        return own + slotCount;
    }

    int demand() {
        return holding() + more;
    }

    /**
     * Become aged, or cease to be.
     *
     * @param quantum steps that an aged one runs ahead of all bids
     * @param turn time in which it must have done so, from the first of them on: who rests in between keeps others waiting
     */
    boolean age(long now, long wait, int quantum, long turn) {
        if (aged) {
            turnEnds = ran ? Math.min(turnEnds, now + turn) : turnEnds;
            ran = false;
            aged = now < turnEnds && (works || now - restsSince < REST);
            return false;
        }
        if (!works || now - Math.min(waitSince, behindSince) < wait) {
            return false;
        }
        aged = true;
        agedSince = Math.min(waitSince, behindSince);
        stepsLeft = quantum;
        ran = false;
        turnEnds = Long.MAX_VALUE;
        return true;
    }

    /** Return effective pages as if everything were granted. */
    long asked() {
        return effective + more * Fixed.PAGE;
    }

    private long asked(long otherwise) {
        if (idle > 0) {
            return 0;
        }
        if (once != NONE) {
            return once;
        }
        if (hold != NONE) {
            return hold;
        }
        if (inherited != NONE) {
            return inherited;
        }
        if (launch >= 0) {
            return launch;
        }
        return frozen != NONE ? frozen : otherwise;
    }

    /** Work the bid of this tick out. */
    void bid(int pageSize, long affordable) {
        long asked = asked(NONE);
        if (asked == NONE) {
            asked = standard(wallet.balance, wallet.dividend, asked(), horizon, certain, pageSize);
            if (keep) {
                frozen = asked;
            }
        }
        onceUsed |= once != NONE && works;
        bid = asked;
        effectiveBid = Math.min(asked, affordable);
    }

    /**
     * Return the default bid: the rent that empties the wallet at the horizon while pages grow by a token's worth a step,
     * {@code (balance/μ + dividend) / (max(1, pages) + μ·(1 + cv²)/(2s))}.
     *
     * @param certain cv² = 0 if so, else 1
     */
    static long standard(long balance, long dividend, long pages, long horizon, boolean certain, int pageSize) {
        long rate = Fixed.scale(balance + dividend * horizon, Fixed.BID / Fixed.CREDIT, horizon);
        long growth = (certain ? horizon : 2 * horizon) * (Fixed.PAGE / 2) / pageSize;
        return Fixed.scale(rate, Fixed.PAGE, Math.max(Fixed.PAGE, pages) + growth);
    }

    /** Return the pages that a newcomer must find beside its demand, so that it is not displaced at once. */
    int headroom(int residency, int pageSize) {
        return (int) ((stay(residency) + pageSize - 1) / pageSize);
    }

    /** Return the ticks for which it must be able to pay what it bids, or would lose its pages soon after it took them: at most so many. */
    long stay(int residency) {
        return Math.min(horizon, residency);
    }

    /** Say whether it was in a tick. */
    public boolean tookPart(long number) {
        return tick == number;
    }

    public Wallet wallet() {
        return wallet;
    }

    public boolean granted() {
        return granted;
    }

    /** Say whether the last tick took its pages. */
    public boolean displaced() {
        return displaced;
    }

    public boolean aged() {
        return aged;
    }

    /** Say whether it goes ahead of all bids in the present tick. */
    public boolean ahead() {
        return agedClass;
    }

    /** Say whether it goes ahead in the present tick because nobody else with work would run. */
    public boolean insisted() {
        return insisted;
    }

    /** Return the bid before what the wallet allows. */
    public long bid() {
        return bid;
    }

    public long effectiveBid() {
        return effectiveBid;
    }

    /** Return the rent of the last tick. */
    public long rent() {
        return rent;
    }

    public long effective() {
        return effective;
    }

    /** Return the slots that it lacks. */
    public int wanted() {
        return more;
    }

    /** Return the slots that it holds and lacks. */
    public int demanded() {
        return demand();
    }

    /** Return the place in the order of the last tick, from 0. */
    public int rank() {
        return rank;
    }

    public long waitSince() {
        return waitSince;
    }

    public long displacements() {
        return displacements;
    }

    public long restores() {
        return restores;
    }
}
