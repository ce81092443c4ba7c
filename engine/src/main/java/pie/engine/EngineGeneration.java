package pie.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerCode;
import pie.engine.generate.StepSpec;
import pie.engine.generate.TokenListener;
import pie.engine.kv.KvContext;

/** Run one generation: rows of the pending tokens, a draw, the stop rules, again. A collected one never leaves the loop. */
final class EngineGeneration {
    static final TokenListener NOBODY = (token, probes) -> {};
    /** Tokens that a generation without a limit is expected to go on for, at least. */
    private static final int SHORT = 64;

    private final EngineContext context;
    private final KvContext kv;
    private final GenerationRows rows;
    private final GeneratedTokens tokens;
    private final AllowedTokens allowed;
    private final RowsAhead ahead;
    private final long ordinal;
    private volatile PlanCode plan;
    private volatile @Nullable FinishReason finish;
    /** End that is reported by the next step, as this one carries tokens. */
    private @Nullable FinishReason owed;

    private @Nullable Run running;
    private StepSpec step = StepSpec.PLAIN;
    private @Nullable SamplerCode stepSampler;

    EngineGeneration(EngineContext context, PlanCode plan, long ordinal) {
        this.context = context;
        this.plan = plan;
        this.ordinal = ordinal;
        kv = context.kv();
        rows = new GenerationRows(this, context, plan);
        tokens = new GeneratedTokens(context, plan.spec().stopStrings());
        allowed = new AllowedTokens(context, tokens, plan.spec());
        ahead = new RowsAhead(context, tokens, allowed);
    }

    // What any thread may ask, and the operations that it queues.

    PlanCode plan() {
        return plan;
    }

    @Nullable
    FinishReason finishReason() {
        return finish;
    }

    GeneratedTokens tokens() {
        return tokens;
    }

    /** Return the operation that makes this the context's live generation. */
    Operation<Void> begin() {
        return new Begin();
    }

    /** Return the operation that runs one step. @param sampler stands in for the plan's, null for the plan's own */
    Operation<GenerationStep> step(StepSpec spec, @Nullable SamplerCode sampler) {
        return new Run(false, spec, sampler, NOBODY);
    }

    /** Return the operation that runs to the end. */
    Operation<GenerationStep> collect(TokenListener listener) {
        return new Run(true, StepSpec.PLAIN, null, listener);
    }

    Operation<int[]> accept(int[] chosen) {
        return new AcceptOperation(context, this, chosen);
    }

    Operation<Void> change(PlanCode next) {
        return new Change(next);
    }

    // The loop's side.

    AllowedTokens allowed() {
        return allowed;
    }

    /** Return how many of the last tokens of the sequence are held back. */
    int held() {
        return tokens.held();
    }

    /** Say whether the last token is pending when the sequence is cut to a length: if this generation made and delivered it. */
    boolean lastPending(int length) {
        return tokens.lastPending(length);
    }

    /** End with reason {@code CLOSED}, unless it has ended. */
    void ended() {
        if (finish != null) {
            return;
        }
        Run run = running;
        if (run != null && context.line.running(run)) {
            if (!run.stop(new PieException(ErrorCode.CANCELLED, "the generation was closed"))) {
                run.closing = true;
                return;
            }
        }
        dropHeld();
        over(FinishReason.CLOSED);
        if (run != null && context.line.running(run)) {
            context.line.answer(run, new GenerationStep(tokens.take(), FinishReason.CLOSED, List.of()));
        }
    }

    /** Go back to what was delivered. */
    void dropHeld() {
        if (tokens.dropHeld()) {
            allowed.rollBack();
            context.publish(Integer.MAX_VALUE, 0);
        }
    }

    /** Begin the next step, past all tokens that need no rows as there is no other. */
    private void startStep() {
        rows.clear();
        boolean goesOn = true;
        while (goesOn) {
            FinishReason due = due();
            if (due != null) {
                finish(due);
                return;
            }
            if (allowed.free()) {
                FinishReason end = allowed.ownEnd(plan, step);
                if (end == null) {
                    beginStep();
                } else {
                    finish(end);
                }
                return;
            }
            if (!allowed.prepareIfKnown(plan)) {
                // until the mask is there the step has not begun, and nothing is to be undone
                allowed.prepare(plan, this::resume);
                return;
            }
            goesOn = beginConstrained();
        }
    }

    private void resume(@Nullable PieException problem) {
        Run run = running;
        if (run == null) {
            return;
        }
        try {
            if (problem != null) {
                throw problem;
            }
            if (beginConstrained()) {
                startStep();
            }
        } catch (PieException e) {
            running = null;
            context.line.fail(run, told(e));
        }
    }

    /** Begin a step whose mask is there. Return whether it was over without rows, and the next one is to begin. */
    private boolean beginConstrained() {
        FinishReason end = allowed.end(plan);
        end = end == null ? allowed.ownEnd(plan, step) : end;
        if (end != null && step.draw()) {
            finish(end);
            return false;
        }
        int only = allowed.only();
        boolean forced = only >= 0
                && step.draw()
                && step.logitMask() == null
                && step.probes().isEmpty()
                && plan.spec().probes().isEmpty();
        if (!forced) {
            beginStep();
            return false;
        }
        return force(only);
    }

    /** Take the only token that the constraints allow, without a draw: its row is one of those of the next step. */
    private boolean force(int token) {
        context.process.allowance.afford(1);
        FinishReason reason = keep(token);
        context.loop.counters.tokensForced++;
        tokens.shown();
        context.publish(Integer.MAX_VALUE, 0);
        Run run = running;
        if (reason != null) {
            finish(reason);
            return false;
        }
        if (run != null && !run.all) {
            run.end(null); // the next step may have begun by now
            return false;
        }
        return run != null;
    }

    private void beginStep() {
        expect();
        ahead.follow(plan);
        rows.begin(plan, step, stepSampler, tokens.limit());
    }

    private void expect() {
        PlanSpec spec = plan.spec();
        int count = tokens.count();
        if (spec.horizon() > 0) {
            context.bidder.expect((long) spec.horizon() - count, true);
        } else if (spec.maxTokens() < Integer.MAX_VALUE) {
            context.bidder.expect((long) spec.maxTokens() - count, false);
        } else {
            context.bidder.expect(Math.max(count, SHORT), false);
        }
    }

    private @Nullable FinishReason due() {
        if (finish != null) {
            return finish;
        }
        if (owed != null) {
            return owed;
        }
        if (!step.draw()) {
            return null;
        }
        return full() || kv.length() == context.loop.maxContext ? FinishReason.LENGTH : null;
    }

    /** Say whether there are as many tokens as the plan allows. */
    boolean full() {
        return tokens.count() >= plan.spec().maxTokens();
    }

    boolean owes() {
        return owed != null;
    }

    /** Have the next step report an end. */
    void owe(FinishReason reason) {
        owed = reason;
    }

    // What the rows ask for.

    /** Say whether the token that row {@code target - 1} draws will be a row without anybody looking at it, as far as is known. */
    boolean goesOn(int target) {
        Run run = running;
        return run != null && run.all && !run.closing && owed == null && ahead.goesOn(plan, target);
    }

    /** Return how many drafts may follow a sequence of so many tokens: none that would be the last token. */
    int drafts(int length) {
        Run run = running;
        return run == null ? 0 : ahead.drafts(plan, step, run.all, length);
    }

    /** Return how many of the rows in the present step are drafts. */
    int drafted() {
        return rows.drafted();
    }

    /** Say whether a mask of the program's own limits the tokens. */
    boolean masked() {
        return plan.spec().logitMask() != null || step.logitMask() != null || !allowed.free();
    }

    long @Nullable [] mask() {
        return mask(kv.length());
    }

    /** Return which tokens may stand at a place of the sequence, from its end on, null for all. */
    long @Nullable [] mask(int place) {
        return allowed.mask(plan, step, place);
    }

    /** Return which tokens may follow the i-th of the step's own drafts, null for all. */
    long @Nullable [] draftMask(int i) {
        return allowed.draftMask(plan, step, i);
    }

    /** Return the seed of draws for which nobody named one. */
    long seed() {
        return context.seed(ordinal);
    }

    /** Go on from the rows [from, to), which are computed. */
    void computed(int from, int to, int reused) {
        context.written(from, to, reused, 0);
        FinishReason reason = null;
        if (rows.drawn() == 0) {
            commit(tokens.limit(), null);
        }
        for (int i = 0; i < rows.drawn() && reason == null && owed == null; i++) {
            if (i > 0) {
                context.writtenDraft(to + i);
            }
            int seal = tokens.limit();
            reason = keep(rows.drawn(i));
            commit(seal, reason);
        }
        if (kv.computed() > kv.written()) {
            context.loop.store.shrink(kv, 0); // drafts behind the end
        }
        context.publish(Integer.MAX_VALUE, 0);
        if (reason != null) {
            finish(reason);
        } else {
            goOn();
        }
    }

    private void commit(int seal, @Nullable FinishReason reason) {
        if (reason != null || running == null || !running.all || owed != null) {
            rows.dropChained();
        }
        context.loop.store.commit(kv, reason == null ? Math.min(seal, tokens.limit()) : kv.length());
        tokens.shown();
    }

    /** Add a token, unless it ends the generation. Return the reason if it does. */
    @Nullable
    FinishReason keep(int token) {
        Run run = running;
        if (plan.stops(token)) {
            tokens.release();
            if (tokens.count() > tokens.delivered() && (run == null || !run.all)) {
                owed = FinishReason.STOP;
                return null;
            }
            return FinishReason.STOP;
        }
        allowed.accept(token);
        tokens.add(token);
        context.generated(run != null && tokens.count() > 1);
        if (run != null && run.listener != NOBODY) {
            run.listener.kept(token, rows.values());
        }
        PlanSpec spec = plan.spec();
        boolean mayStop = !spec.stopStrings().isEmpty() && tokens.count() > spec.minTokens();
        if (mayStop && tokens.stopped(context.loop.model.tokenizer().tokenBytes(token))) {
            return FinishReason.STOP_STRING;
        }
        if (full() || kv.length() >= context.loop.maxContext) {
            tokens.release();
            return FinishReason.LENGTH;
        }
        return null;
    }

    private void goOn() {
        Run run = running;
        if (run == null) {
            return;
        }
        if (!run.all || owed != null) {
            run.end(null);
            return;
        }
        try {
            startStep();
        } catch (PieException e) {
            rows.dropChained();
            running = null;
            context.line.fail(run, told(e));
        }
    }

    private void over(FinishReason reason) {
        tokens.release();
        finish = reason;
        context.bidder.generated();
    }

    private void finish(FinishReason reason) {
        over(reason);
        if (context.live == this) {
            context.live = null;
        }
        if (running != null) {
            running.end(reason);
        }
    }

    /** The step failed; the context is as before it. */
    void failed(PieException cause) {
        Run run = running;
        running = null;
        if (run == null) {
            return;
        }
        if (run.closing || (run.all && run.future.isCancelled())) {
            dropHeld();
            over(FinishReason.CLOSED);
            context.line.answer(run, new GenerationStep(tokens.take(), FinishReason.CLOSED, List.of()));
        } else {
            context.line.fail(run, told(cause));
        }
    }

    /** Return a failure as the caller is told of it: a spent budget with what there is so far. */
    private PieException told(PieException e) {
        if (e.code() != ErrorCode.BUDGET_EXHAUSTED) {
            return e;
        }
        Map<String, Object> details = new LinkedHashMap<>(e.details());
        details.put("tokens", tokens.whole());
        return new PieException(e.code(), e.message(), details);
    }

    private final class Run extends Operation<GenerationStep> {
        private final boolean all;
        private final StepSpec spec;
        private final @Nullable SamplerCode sampler;
        private final TokenListener listener;
        private boolean closing;
        private int from;

        Run(boolean all, StepSpec spec, @Nullable SamplerCode sampler, TokenListener listener) {
            this.all = all;
            this.spec = spec;
            this.sampler = sampler;
            this.listener = listener;
        }

        @Override
        void start() {
            running = this;
            from = tokens.count();
            context.awaitsToken();
            step = spec;
            stepSampler = sampler;
            try {
                startStep();
            } catch (PieException e) {
                running = null;
                throw told(e);
            }
        }

        @Override
        boolean stop(PieException cause) {
            if (!allowed.cancel(plan) && !rows.stop(cause)) {
                return false;
            }
            running = null;
            if (all) {
                dropHeld();
                over(FinishReason.CLOSED);
            }
            return true;
        }

        void end(@Nullable FinishReason reason) {
            running = null;
            int[] run = tokens.since(from);
            context.line.answer(this, new GenerationStep(tokens.take(), reason, rows.values(), run));
        }
    }

    private final class Change extends Operation<Void> {
        private final PlanCode next;

        Change(PlanCode next) {
            this.next = next;
        }

        @Override
        @SuppressWarnings("NullAway") // the value of a Void future
        void start() {
            context.settleGeneration();
            if (!next.spec().stopStrings().equals(plan.spec().stopStrings())) {
                tokens.stopAt(next.spec().stopStrings());
            }
            if (next.spec().rebidEachStep() != plan.spec().rebidEachStep()) {
                context.bidder.keepBid(!next.spec().rebidEachStep());
            }
            allowed.change(next.spec());
            plan = next;
            context.line.answer(this, null);
        }
    }

    private final class Begin extends Operation<Void> {
        @Override
        @SuppressWarnings("NullAway") // the value of a Void future
        void start() {
            if (context.live != null) {
                context.live.ended();
            }
            context.live = EngineGeneration.this;
            tokens.expect(plan.spec().maxTokens());
            context.bidder.keepBid(!plan.spec().rebidEachStep());
            context.line.answer(this, null);
        }
    }
}
