package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.process.Budget;

/**
 * Keep what one scope may use of an engine and has used: a process within its parent, or within its owner. Whatever is used counts in
 * every scope above too, and what is left is the least along the way. The loop alone touches it.
 *
 * <pre>
 * owner ── process ──────── child with a token budget of its own: taken from what the process has left, and back at its end
 *                    └───── child without: takes what it uses from what the process has left
 * </pre>
 */
final class Allowance {
    private static final int CHILDREN = 1024;
    private static final int CHILDREN_EVER = 10_000;
    private static final int DEPTH = 16;
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final String scope;
    private final @Nullable Allowance above;
    private final List<Allowance> below = new ArrayList<>();
    private final int depth;
    private long tokens = UNLIMITED;
    private int pages = Integer.MAX_VALUE;
    private double pageSeconds = Double.POSITIVE_INFINITY;
    /** Whether the tokens were set aside by the scope above. */
    private boolean funded;

    private long tokensUsed;
    /** Tokens set aside: for rows under way, and for scopes below that have tokens of their own. */
    private long tokensReserved;

    private double pageSecondsUsed;
    private int children;
    private int childrenEver;
    private boolean ended;

    private Allowance(String scope, @Nullable Allowance above) {
        this.scope = scope;
        this.above = above;
        depth = above == null ? 0 : above.depth + 1;
    }

    /** Begin the account of an owner. */
    static Allowance owner() {
        return new Allowance("owner", null);
    }

    /** Begin the account of a process that nobody but its owner launched. */
    Allowance process(Budget budget) {
        Allowance made = new Allowance("process", this);
        made.limit(budget);
        below.add(made);
        return made;
    }

    /**
     * Begin the account of a child of this process.
     *
     * @throws PieException BUDGET_EXHAUSTED for more children than a process may have, or more tokens than are left
     */
    Allowance child(Budget budget) {
        count("children", children, CHILDREN, "alive");
        count("children_total", childrenEver, CHILDREN_EVER, "in all");
        count("depth", depth, DEPTH, "one below the other");
        Allowance made = new Allowance("process", this);
        made.limit(budget);
        if (made.tokens < UNLIMITED) {
            reserve(made.tokens);
            made.funded = true;
        }
        children++;
        childrenEver++;
        below.add(made);
        return made;
    }

    private static void count(String limit, int used, int most, String how) {
        if (used >= most) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the process has launched " + used + " children " + how + ", the most it may have",
                    Map.of("budget", "children", "scope", "process", "limit", most, "used", used, "which", limit));
        }
    }

    /** Set new limits; what is used stays. */
    void limit(Budget budget) {
        tokens = budget.tokens().orElse(UNLIMITED);
        pages = budget.pages().orElse(Integer.MAX_VALUE);
        pageSeconds = budget.pageSeconds().orElse(Double.POSITIVE_INFINITY);
    }

    /** Say whether it ends nothing to forget this: no limit, nobody below. */
    boolean idle() {
        return below.isEmpty() && tokens == UNLIMITED && pages == Integer.MAX_VALUE && pageSeconds > Double.MAX_VALUE;
    }

    /** End the process. What it had set aside for it goes back when its children have ended too. */
    void end() {
        ended = true;
        settle();
    }

    private void settle() {
        if (!ended || !below.isEmpty() || above == null || !above.below.remove(this)) {
            return;
        }
        above.children -= above.above == null ? 0 : 1;
        if (funded) {
            above.release(tokens - tokensUsed);
        }
        above.settle();
    }

    // Tokens.

    /** Return the tokens that can still be used or set aside. */
    long tokensLeft() {
        long least = UNLIMITED;
        for (Allowance each = this; each != null; each = each.funded ? null : each.above) {
            least = Math.min(least, each.tokensLeftHere());
        }
        return least;
    }

    private long tokensLeftHere() {
        return tokens == UNLIMITED ? UNLIMITED : tokens - tokensUsed - tokensReserved;
    }

    /** @throws PieException BUDGET_EXHAUSTED if {@code more} tokens do not fit beside what is used and set aside */
    void afford(long more) {
        for (Allowance each = this; more > 0 && each != null; each = each.funded ? null : each.above) {
            if (more > each.tokensLeftHere()) {
                throw new PieException(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "the token budget of " + each.tokens + " of the " + each.scope(this) + " is spent: "
                                + each.tokensUsed + " used, " + each.tokensReserved
                                + " reserved for rows under way and children, " + more + " more asked for",
                        details("tokens", each.scope(this), each.tokens, each.tokensUsed));
            }
        }
    }

    /** Set tokens aside. @throws PieException BUDGET_EXHAUSTED if they do not fit */
    void reserve(long more) {
        afford(more);
        release(-more);
    }

    void release(long less) {
        for (Allowance each = this; each != null; each = each.funded ? null : each.above) {
            each.tokensReserved -= less;
        }
    }

    /** Count tokens as used, or no longer if negative. */
    void spend(long used) {
        boolean setAside = false;
        for (Allowance each = this; each != null; each = each.above) {
            each.tokensUsed += used;
            each.tokensReserved -= setAside ? used : 0;
            setAside |= each.funded;
        }
    }

    long tokensUsed() {
        return tokensUsed;
    }

    long tokensReserved() {
        return tokensReserved;
    }

    // Pages.

    /** Say whether pages held at once are limited here or above. */
    boolean limitsPages() {
        return pages < Integer.MAX_VALUE || (above != null && above.limitsPages());
    }

    /** Say whether pages held over time are limited here or above. */
    boolean limitsPageSeconds() {
        return pageSeconds <= Double.MAX_VALUE || (above != null && above.limitsPageSeconds());
    }

    /** Add effective pages held for a time. */
    void hold(double seconds) {
        for (Allowance each = this; each != null; each = each.above) {
            each.pageSecondsUsed += seconds;
        }
    }

    double pageSecondsUsed() {
        return pageSecondsUsed;
    }

    /** Return what is spent, if pages were held too long. */
    @Nullable
    PieException pageSecondsSpent() {
        for (Allowance each = this; each != null; each = each.above) {
            if (each.pageSecondsUsed >= each.pageSeconds) {
                return new PieException(
                        ErrorCode.BUDGET_EXHAUSTED,
                        "the budget of " + each.pageSeconds + " page-seconds of the " + each.scope(this)
                                + " is spent: its contexts have lost their pages",
                        details("page_seconds", each.scope(this), each.pageSeconds, each.pageSecondsUsed));
            }
        }
        return null;
    }

    /**
     * Check a scope's limit of pages held at once.
     *
     * @param held pages of this scope when the request is granted
     * @throws PieException OUT_OF_PAGES
     */
    void checkPages(long held, Allowance asker) {
        if (held > pages) {
            throw new PieException(
                    ErrorCode.OUT_OF_PAGES,
                    "the contexts of the " + scope(asker) + " would have " + held + " pages: its budget allows " + pages
                            + "; close or suspend some",
                    Map.of("budget", "pages", "scope", scope(asker), "limit", pages, "requested", held));
        }
    }

    @Nullable
    Allowance above() {
        return above;
    }

    /** Say whether another scope is this one, or within it. */
    boolean holds(Allowance other) {
        for (@Nullable Allowance each = other; each != null; each = each.above) {
            if (each == this) {
                return true;
            }
        }
        return false;
    }

    private String scope(Allowance asker) {
        return this != asker && above != null ? "parent" : scope;
    }

    private static Map<String, Object> details(String budget, String scope, Object limit, Object used) {
        return Map.of("budget", budget, "scope", scope, "limit", limit, "used", used);
    }
}
