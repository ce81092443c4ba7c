package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import pie.engine.market.Fixed;
import pie.engine.schedule.StepPlan;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Pattern;
import pie.engine.trace.Timeline;

/** Write what a loop does for a process into its timeline. On the loop's thread, and only for a process that is recorded. */
final class StepTrace {
    /** Other processes that a step names, and entries of it that are looked at for them. */
    private static final int MATES = 8;

    private static final int LOOKED_AT = 64;
    /** Rows below which text computed again is not worth a word. */
    private static final int LEAST_AGAIN = 32;

    final Timeline timeline;
    private final ComputedText text = new ComputedText();
    private final List<String> mates = new ArrayList<>();
    private int others;
    private long matesOf = -1;

    StepTrace(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Note the rows of one entry of a step that has ended. */
    void step(StepPlan plan, int entry, EngineContext context, long nanos, long now) {
        EngineProcess process = context.process;
        if (plan.batch.step != matesOf) {
            matesOf = plan.batch.step;
            findMates(plan, process);
        }
        int rows = plan.rows(entry);
        int again = plan.again(entry);
        int drafts = context.drafts();
        process.pagesAt(context.loop.counters.steps, now);
        var part = new Note.Step(
                plan.batch.step,
                context.kv().id().value(),
                1,
                rows,
                again,
                drafts,
                0,
                plan.rows(),
                plan.requests(),
                List.copyOf(mates),
                others,
                nanos * rows / Math.max(1, plan.rows()),
                process.tokensOut,
                process.pagesNow(),
                Fixed.price(context.loop.market.price.getAcquire()),
                Fixed.credits(process.balance.getAcquire()));
        timeline.step(kind(plan.isVoid(entry), rows, again, drafts), now - nanos, now, part);
    }

    private static String kind(boolean dropped, int rows, int again, int drafts) {
        if (dropped) {
            return "overrun";
        }
        return again > 0 ? "replay" : drafts > 0 ? "draft" : rows == 1 ? "decode" : "prefill";
    }

    private void findMates(StepPlan plan, EngineProcess process) {
        mates.clear();
        others = 0;
        for (int i = 0; i < Math.min(LOOKED_AT, plan.requests()); i++) {
            EngineProcess mate =
                    ((EngineContext) Objects.requireNonNull(plan.work(i).kv().owner())).process;
            if (mate == process) {
                continue;
            }
            String name = mate.id.toString().substring(0, 8);
            if (!mate.owner.equals(process.owner)) {
                others++;
            } else if (mates.size() < MATES && !mates.contains(name)) {
                mates.add(name);
            }
        }
    }

    /** Note rows [from, to) that were made written, of which {@code reused} ones were taken from resident pages. */
    void written(EngineContext context, int from, int to, int reused) {
        int rows = to - from - reused;
        if (rows <= 0 || !timeline.whole()) {
            return;
        }
        boolean begins = from == 0 && rows >= LEAST_AGAIN;
        boolean known = begins && text.knowsBeginning(context.kv().tokens());
        int again = text.add(context.kv().tokens(), from + reused, to);
        if (from == 0) {
            text.addBeginning(context.kv().tokens(), to);
        }
        if (begins && again >= LEAST_AGAIN) {
            timeline.count(Pattern.COMPUTED_AGAIN, context.kv().id().value(), again, known ? 0 : again);
        }
    }

    void forked(EngineContext context, int workingTokens, int pages) {
        if (workingTokens > 0) {
            timeline.count(Pattern.COPIED_PAGE, context.kv().id().value(), workingTokens, pages);
        }
    }

    void drafted(EngineContext context, int proposed, int accepted, boolean masked) {
        Pattern pattern = masked ? Pattern.DRAFTED_MASKED : Pattern.DRAFTED;
        timeline.count(pattern, context.kv().id().value(), proposed, accepted);
        timeline.accepted(accepted);
    }

    void waitedForPages(long from, long to) {
        timeline.span(Lane.MEMORY, "allocation", from, to);
    }

    void memory(String name, long at, int pages) {
        timeline.moment(Lane.MEMORY, name, at, new Note.Amount("pages", pages));
    }

    void firstToken(long at) {
        timeline.moment(Lane.OUTPUT, "first_token", at, Note.NOTHING);
    }
}
