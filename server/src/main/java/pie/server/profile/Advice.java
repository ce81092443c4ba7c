package pie.server.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import pie.engine.trace.Pattern;
import pie.engine.trace.Place;
import pie.engine.trace.Tally;
import pie.engine.trace.Timeline;

/**
 * Name what makes a program slow without need, where, and what to do instead.
 *
 * @param what the program did, with the numbers that speak for it
 */
record Advice(String pattern, Place place, String what, String instead) {
    private static final int OFTEN = 3;
    private static final int FORKS = 4;
    /** Pages that a fork copies where it need not: one that is not full yet is copied sooner than its tokens are computed. */
    private static final int PAGES = 2;

    private static final int DRAFTS = 16;
    private static final double MUCH = 0.1;
    private static final double HARDLY = 0.05;

    /**
     * @param wallNanos recorded time
     * @param tokens that the process had computed
     */
    static List<Advice> of(Timeline timeline, long wallNanos, long tokens) {
        List<Advice> found = new ArrayList<>();
        again(timeline.tally(Pattern.COMPUTED_AGAIN), tokens, found);
        forks(timeline.tally(Pattern.COPIED_PAGE), found);
        client(timeline.tally(Pattern.ASKED_CLIENT), wallNanos, found);
        drafts(timeline.tally(Pattern.DRAFTED_MASKED), "of a generation that a mask limits ", found);
        drafts(timeline.tally(Pattern.DRAFTED), "", found);
        return found;
    }

    /** Return it as one line. */
    String hint() {
        return pattern + (place.known() ? " in " + place.at() : "") + ": " + instead;
    }

    private static void again(Tally tally, long tokens, List<Advice> found) {
        if (tally.times() < OFTEN || tally.amount() < MUCH * tokens) {
            return;
        }
        boolean otherBeginning = 2 * tally.other() > tally.amount();
        found.add(new Advice(
                "the same text again",
                tally.place(),
                "computed %d tokens that it had computed before, of %d in all: %d contexts began with them"
                        .formatted(tally.amount(), tokens, tally.times()),
                otherBeginning
                        ? "put what changes, such as the time, behind what stays: pages are shared up to the first token that differs"
                        : "keep one context and append each turn to it, or fork it"));
    }

    private static void forks(Tally tally, List<Advice> found) {
        if (tally.times() < FORKS || tally.other() < PAGES * tally.times()) {
            return;
        }
        found.add(new Advice(
                "forks that copy",
                tally.place(),
                "forked %d times with pages that were not committed, and copied %d of them each time, where committed ones are shared"
                        .formatted(tally.times(), tally.other() / tally.times()),
                "commit the full pages before, by commit_working_pages, or do not defer it"));
    }

    private static void client(Tally tally, long wallNanos, List<Advice> found) {
        if (tally.times() < OFTEN || tally.amount() < MUCH * wallNanos) {
            return;
        }
        found.add(new Advice(
                "tools through the client",
                tally.place(),
                String.format(
                        Locale.ROOT,
                        "waited %d times for its client to answer, %.2f s or %.0f %% of its time",
                        tally.times(),
                        tally.amount() / 1e9,
                        100.0 * tally.amount() / wallNanos),
                "call the tool from the program: http, mcp or its own code"));
    }

    private static void drafts(Tally tally, String which, List<Advice> found) {
        if (tally.amount() < DRAFTS || tally.other() > HARDLY * tally.amount()) {
            return;
        }
        found.add(new Advice(
                "drafts in vain",
                tally.place(),
                "had %d drafts %scomputed, of which %d held".formatted(tally.amount(), which, tally.other()),
                "generate this without drafts: no speculator, and system_speculation=False"));
    }
}
