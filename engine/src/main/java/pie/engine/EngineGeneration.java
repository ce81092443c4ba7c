package pie.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.LogitMasks;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.PromptLookup;
import pie.engine.generate.SamplerCode;
import pie.engine.generate.StepSpec;
import pie.engine.generate.StopMatcher;
import pie.engine.generate.TokenListener;
import pie.engine.kv.KvContext;

/** Run one generation: rows of the pending tokens, a draw, the stop rules, again. A collected one never leaves the loop. */
final class EngineGeneration implements Generation {
    private static final int[] NOTHING = {};
    private static final TokenListener NOBODY = (token, probes) -> {};
    /** Tokens that a generation without a limit is expected to go on for, at least. */
    private static final int SHORT = 64;
    /** Tokens that a generation has room for from the beginning, at most. */
    private static final int ROOM = 2048;

    /** Chance of a guess from which on it is worth to wait for drafts. */
    private static final double LIKELY = 0.3;

    private final EngineContext context;
    private final KvContext kv;
    private final GenerationRows rows;
    private final MaskWait masks;
    private final long ordinal;
    private volatile PlanCode plan;
    private volatile int tokensGenerated;
    private volatile @Nullable FinishReason finish;

    private StopMatcher matcher;
    private Constraints constraints;
    private int[] kept = new int[16];
    private int keptCount;
    private int delivered;
    /** Place in the sequence of the last delivered token. */
    private int lastDelivered = -1;
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
        masks = new MaskWait(context.loop);
        matcher = new StopMatcher(plan.spec().stopStrings());
        constraints = constraints(plan.spec(), null);
    }

    private Constraints constraints(PlanSpec spec, @Nullable Constraints before) {
        return spec.constraints().isEmpty() ? Constraints.NONE : new Constraints(spec.constraints(), keptCount, before);
    }

    @Override
    public CompletableFuture<GenerationStep> step(StepSpec spec) {
        SamplerCode sampler =
                spec.sampler() == null ? null : SamplerCode.of(spec.sampler(), context.loop.limits.vocabSize());
        SamplerCode.checkBias(spec.bias(), context.loop.limits.vocabSize());
        context.loop.checkMask(spec.logitMask());
        context.loop.checkTokens(spec.drafts());
        spec.draftMasks().forEach(context.loop::checkMask);
        for (ProbeSpec probe : spec.probes()) {
            PassPlan.checkProbe(probe, context.loop);
        }
        return context.line.ask("step", new Run(false, spec, sampler, NOBODY));
    }

    @Override
    public CompletableFuture<GenerationStep> collect() {
        return collect(NOBODY);
    }

    @Override
    public CompletableFuture<GenerationStep> collect(TokenListener listener) {
        return context.line.ask("generate", new Run(true, StepSpec.PLAIN, null, listener));
    }

    @Override
    public CompletableFuture<int[]> accept(int[] tokens) {
        context.loop.checkTokens(tokens);
        return context.line.submit(new Accept(tokens.clone()));
    }

    @Override
    public void change(PlanSpec spec) {
        context.line.submit(new Change(PlanCode.of(spec, context.loop)));
    }

    @Override
    public PlanSpec plan() {
        return plan.spec();
    }

    @Override
    public int tokensGenerated() {
        return tokensGenerated;
    }

    @Override
    public @Nullable FinishReason finishReason() {
        return finish;
    }

    @Override
    public void close() {
        context.loop.completion(this::ended);
    }

    /** Return the operation that makes this the context's live generation. */
    Operation<Void> begin() {
        return new Begin();
    }

    // The loop's side.

    /** Return how many of the last tokens of the sequence are held back. */
    int held() {
        return finish == null ? matcher.held() : 0;
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
            context.line.answer(run, new GenerationStep(take(), FinishReason.CLOSED, List.of()));
        }
    }

    /** Go back to what was delivered. */
    void dropHeld() {
        int held = held();
        matcher.reset();
        if (held > 0) {
            keptCount -= held;
            context.rolledBack(held);
            constraints.rollBack(keptCount);
            cut(kv.length() - held);
            context.publish(Integer.MAX_VALUE, 0);
        }
    }

    /** Cut the sequence, so that its last token is pending if this generation made it. */
    private void cut(int length) {
        if (lastPending(length) && kv.written() >= length) {
            int token = kv.token(length - 1);
            context.loop.store.truncate(kv, length - 1, true);
            kv.append(token);
            context.charges.written();
            context.charges.generated();
        } else {
            context.loop.store.truncate(kv, length, true);
            context.charges.pending(kv.length() - kv.written());
        }
    }

    /** Take memory for the tokens to come now, not while they come. */
    private void makeRoom() {
        int most = Math.min(plan.spec().maxTokens(), context.loop.maxContext - kv.length());
        int room = Math.clamp(most, 0, ROOM);
        kept = Arrays.copyOf(kept, Math.max(kept.length, room));
        kv.expect(room + 1, context.loop.store.pageSize());
        context.view.expect(room + 1);
    }

    /** Say whether the last token is pending when the sequence is cut to a length: if this generation made and delivered it. */
    boolean lastPending(int length) {
        boolean committed = length <= kv.committedPages() * context.loop.store.pageSize();
        return lastDelivered == length - 1 && keptCount > held() && !committed;
    }

    private int[] take() {
        int end = keptCount - held();
        int[] tokens = delivered == end ? NOTHING : Arrays.copyOfRange(kept, delivered, end);
        delivered = end;
        tokensGenerated = end;
        return tokens;
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
            if (constraints.none()) {
                FinishReason end = ownEnd();
                if (end == null) {
                    beginStep();
                } else {
                    matcher.reset();
                    finish(end);
                }
                return;
            }
            if (!constraints.prepareIfKnown(plan.spec().logitMask(), plan.stopIds())) {
                // until the mask is there the step has not begun, and nothing is to be undone
                masks.begin(constraints, plan, this::resume);
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
        FinishReason end = constraints.end(plan.stopIds());
        end = end == null ? ownEnd() : end;
        if (end != null && step.draw()) {
            matcher.reset();
            finish(end);
            return false;
        }
        int only = constraints.only();
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

    /** Return {@code CONSTRAINT} if the step's own mask leaves nothing but to stop. @throws PieException if it leaves nothing at all */
    private @Nullable FinishReason ownEnd() {
        if (step.over()) {
            return FinishReason.CONSTRAINT;
        }
        long[] mask = mask();
        return step.draw() && step.logitMask() != null && mask != null ? LogitMasks.end(mask, plan.stopIds()) : null;
    }

    /** Take the only token that the constraints allow, without a draw: its row is one of those of the next step. */
    private boolean force(int token) {
        context.process.allowance.afford(1);
        FinishReason reason = keep(token);
        context.loop.counters.tokensForced++;
        lastDelivered = keptCount > held() ? kv.length() - 1 - held() : lastDelivered;
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

    /** Return a failure as the caller is told of it: a spent budget with what there is so far. */
    private PieException told(PieException e) {
        return e.code() == ErrorCode.BUDGET_EXHAUSTED ? withPartial(e) : e;
    }

    private void beginStep() {
        expect();
        if (speculates()) {
            context.lookup().follow(kv.tokens(), kv.length(), kv.length() - keptCount);
        }
        rows.begin(plan, step, stepSampler, limit());
    }

    private void expect() {
        PlanSpec spec = plan.spec();
        if (spec.horizon() > 0) {
            context.bidder.expect((long) spec.horizon() - keptCount, true);
        } else if (spec.maxTokens() < Integer.MAX_VALUE) {
            context.bidder.expect((long) spec.maxTokens() - keptCount, false);
        } else {
            context.bidder.expect(Math.max(keptCount, SHORT), false);
        }
    }

    private PieException withPartial(PieException e) {
        Map<String, Object> details = new java.util.LinkedHashMap<>(e.details());
        details.put("tokens", Arrays.copyOfRange(kept, 0, keptCount - held()));
        return new PieException(e.code(), e.message(), details);
    }

    /** Return the row up to which pages may be committed: none that a stop string could still take back. */
    private int limit() {
        int held = matcher.held();
        return held == 0 ? kv.length() : kv.length() - held - 1;
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
        boolean full = keptCount >= plan.spec().maxTokens() || kv.length() == context.loop.maxContext;
        return full ? FinishReason.LENGTH : null;
    }

    // What the rows ask for.

    /** Say whether the token that row {@code target - 1} draws will be a row without anybody looking at it, as far as is known. */
    boolean goesOn(int target) {
        Run run = running;
        return run != null
                && run.all
                && !run.closing
                && owed == null
                && constraints.none()
                && plan.spec().probes().isEmpty()
                && !plan.sampler().counts()
                && !awaitsDrafts()
                && !context.loop.market.config().hardCredits()
                && keptCount + 1 < plan.spec().maxTokens()
                && target + 1 < context.loop.maxContext
                && (target < kv.pages() * context.loop.store.pageSize() || !context.process.allowance.limitsPages());
    }

    /** Say whether the next tokens are likely enough to be guessed that they should not be rows before they are known. */
    private boolean awaitsDrafts() {
        return speculates() && context.lookup().chance(0) > LIKELY;
    }

    private boolean speculates() {
        return plan.spec().speculate()
                && context.loop.config.speculation() != Speculation.OFF
                && constraints.none()
                && plan.spec().probes().isEmpty();
    }

    /** Return how many drafts may follow a sequence of so many tokens: none that would be the last token. */
    int drafts(int length) {
        int own = constraints.none() ? step.drafts().length : 0;
        if (running == null
                || own == 0
                        && (!running.all || !speculates() || !context.lookup().any())) {
            return 0;
        }
        int most = Math.min(plan.spec().maxTokens() - keptCount, context.loop.maxContext - length) - 1;
        return Math.min(most, own > 0 ? own : PromptLookup.MOST);
    }

    /** Return how many of the rows in the present step are drafts. */
    int drafted() {
        return rows.drafted();
    }

    /** Say whether a mask of the program's own limits the tokens. */
    boolean masked() {
        return plan.spec().logitMask() != null || step.logitMask() != null || !constraints.none();
    }

    long @Nullable [] mask() {
        return mask(kv.length());
    }

    /** Return which tokens may stand at a place of the sequence, from its end on, null for all. */
    long @Nullable [] mask(int place) {
        long[] standing = constraints.none() ? plan.spec().logitMask() : constraints.mask();
        return early(place, LogitMasks.both(standing, step.logitMask()));
    }

    /** Return which tokens may follow the i-th of the step's own drafts, null for all. */
    long @Nullable [] draftMask(int i) {
        return early(
                kv.length() + i + 1,
                LogitMasks.both(plan.spec().logitMask(), step.draftMasks().get(i)));
    }

    private long @Nullable [] early(int place, long @Nullable [] mask) {
        long[] goingOn = plan.goingOn();
        return goingOn != null && keptCount + place - kv.length() < plan.spec().minTokens()
                ? LogitMasks.both(goingOn, mask)
                : mask;
    }

    int[] kept() {
        return kept;
    }

    int keptCount() {
        return keptCount;
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
            commit(limit(), null);
        }
        for (int i = 0; i < rows.drawn() && reason == null && owed == null; i++) {
            if (i > 0) {
                context.writtenDraft(to + i);
            }
            int seal = limit();
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
        context.loop.store.commit(kv, reason == null ? Math.min(seal, limit()) : kv.length());
        lastDelivered = keptCount > held() && kv.length() > 0 ? kv.length() - 1 - held() : lastDelivered;
    }

    /** Add a drawn token, unless it ends the generation. Return the reason if it does. */
    private @Nullable FinishReason keep(int token) {
        if (plan.stops(token)) {
            matcher.reset();
            if (keptCount > delivered && !collecting()) {
                owed = FinishReason.STOP;
                return null;
            }
            return FinishReason.STOP;
        }
        constraints.accept(token);
        kv.append(token);
        if (keptCount == kept.length) {
            kept = Arrays.copyOf(kept, 2 * keptCount);
        }
        kept[keptCount++] = token;
        context.generated(running != null && keptCount > 1);
        if (running != null && running.listener != NOBODY) {
            running.listener.kept(token, rows.values());
        }
        int touched =
                plan.spec().stopStrings().isEmpty() || keptCount <= plan.spec().minTokens()
                        ? 0
                        : matcher.feed(context.loop.model.tokenizer().tokenBytes(token));
        if (touched > 0) {
            matcher.reset();
            keptCount -= touched;
            context.rolledBack(touched);
            cut(kv.length() - touched);
            return FinishReason.STOP_STRING;
        }
        if (keptCount >= plan.spec().maxTokens() || kv.length() >= context.loop.maxContext) {
            matcher.reset();
            return FinishReason.LENGTH;
        }
        return null;
    }

    private boolean collecting() {
        return running != null && running.all;
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
            context.line.answer(run, new GenerationStep(take(), FinishReason.CLOSED, List.of()));
        } else {
            context.line.fail(run, told(cause));
        }
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
            from = keptCount;
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
            if (masks.cancel()) {
                constraints = constraints(plan.spec(), constraints.forked());
            } else if (!rows.stop(cause)) {
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
            int[] run = Arrays.copyOfRange(kept, Math.min(from, keptCount), keptCount);
            context.line.answer(this, new GenerationStep(take(), reason, rows.values(), run));
        }
    }

    private final class Accept extends Operation<int[]> {
        private final int[] tokens;

        Accept(int[] tokens) {
            this.tokens = tokens;
        }

        @Override
        void start() {
            context.settleGeneration();
            constraints.check(tokens, admissible());
            context.process.allowance.afford(owed == null ? admissible() : 0);
            int n = 0;
            FinishReason reason = finish;
            while (reason == null && owed == null && n < tokens.length) {
                if (keptCount >= plan.spec().maxTokens()) {
                    reason = FinishReason.LENGTH;
                } else {
                    reason = keep(tokens[n]);
                    n += plan.stops(tokens[n]) ? 0 : 1;
                }
            }
            matcher.reset();
            int[] accepted = take();
            lastDelivered = accepted.length > 0 ? kv.length() - 1 : lastDelivered;
            context.publish(Integer.MAX_VALUE, 0);
            if (reason != null && finish == null) {
                owed = reason;
            }
            context.line.answer(this, accepted);
        }

        /** Returns how many of the tokens come before a stop token and within the limit. */
        private int admissible() {
            int most = finish == null ? plan.spec().maxTokens() - keptCount : 0;
            int n = 0;
            while (n < tokens.length && n < most && !plan.stops(tokens[n])) {
                n++;
            }
            return n;
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
                matcher = new StopMatcher(next.spec().stopStrings());
            }
            if (next.spec().rebidEachStep() != plan.spec().rebidEachStep()) {
                context.bidder.keepBid(!next.spec().rebidEachStep());
            }
            constraints = constraints(next.spec(), constraints);
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
            makeRoom();
            context.bidder.keepBid(!plan.spec().rebidEachStep());
            context.line.answer(this, null);
        }
    }
}
