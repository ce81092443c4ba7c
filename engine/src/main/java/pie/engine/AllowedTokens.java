package pie.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.generate.LogitMasks;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.StepSpec;
import pie.engine.kv.KvContext;

/**
 * Say which tokens one generation may draw: what the masks of its plan and of its step leave, what its grammars do, and none that stops
 * before there are as many as the plan wants.
 */
final class AllowedTokens {
    private final KvContext kv;
    private final GeneratedTokens tokens;
    private final MaskWait masks;
    private Constraints constraints;

    AllowedTokens(EngineContext context, GeneratedTokens tokens, PlanSpec spec) {
        kv = context.kv();
        this.tokens = tokens;
        masks = new MaskWait(context);
        constraints = constraints(spec, null);
    }

    private Constraints constraints(PlanSpec spec, @Nullable Constraints before) {
        return spec.constraints().isEmpty()
                ? Constraints.NONE
                : new Constraints(spec.constraints(), tokens.count(), before);
    }

    /** Follow the grammars of another plan; those that stay go on from where they are. */
    void change(PlanSpec spec) {
        constraints = constraints(spec, constraints);
    }

    /** Say whether no grammar has a say. */
    boolean free() {
        return constraints.none();
    }

    /** Make the grammars' mask for the next token, if that is known already. */
    boolean prepareIfKnown(PlanCode plan) {
        return constraints.prepareIfKnown(plan.spec().logitMask(), plan.stopIds());
    }

    /** Make the grammars' mask for the next token off the loop, and say on the loop how that went: null if well. */
    void prepare(PlanCode plan, Consumer<@Nullable PieException> then) {
        masks.begin(constraints, plan, then);
    }

    /** Give up a mask that is being made. Return whether one was. */
    boolean cancel(PlanCode plan) {
        if (!masks.cancel()) {
            return false;
        }
        constraints = constraints(plan.spec(), constraints.forked());
        return true;
    }

    /** Return {@code CONSTRAINT} if the prepared mask leaves nothing but to stop. @throws PieException if it leaves nothing at all */
    @Nullable
    FinishReason end(PlanCode plan) {
        return constraints.end(plan.stopIds());
    }

    /** Return {@code CONSTRAINT} if the step's own mask leaves nothing but to stop. @throws PieException if it leaves nothing at all */
    @Nullable
    FinishReason ownEnd(PlanCode plan, StepSpec step) {
        if (step.over()) {
            return FinishReason.CONSTRAINT;
        }
        long[] mask = mask(plan, step, kv.length());
        return step.draw() && step.logitMask() != null && mask != null ? LogitMasks.end(mask, plan.stopIds()) : null;
    }

    /** Return the token that the prepared mask allows if it is one alone, else -1. */
    int only() {
        return constraints.only();
    }

    /** Return which tokens may stand at a place of the sequence, from its end on, null for all. */
    long @Nullable [] mask(PlanCode plan, StepSpec step, int place) {
        long[] standing = constraints.none() ? plan.spec().logitMask() : constraints.mask();
        return early(plan, place, LogitMasks.both(standing, step.logitMask()));
    }

    /** Return which tokens may follow the i-th of the step's own drafts, null for all. */
    long @Nullable [] draftMask(PlanCode plan, StepSpec step, int i) {
        return early(
                plan,
                kv.length() + i + 1,
                LogitMasks.both(plan.spec().logitMask(), step.draftMasks().get(i)));
    }

    private long @Nullable [] early(PlanCode plan, int place, long @Nullable [] mask) {
        long[] goingOn = plan.goingOn();
        return goingOn != null
                        && tokens.count() + place - kv.length() < plan.spec().minTokens()
                ? LogitMasks.both(goingOn, mask)
                : mask;
    }

    /** @throws PieException GRAMMAR_VIOLATION if a grammar refuses one of the first tokens; nothing is changed */
    void check(int[] next, int n) {
        constraints.check(next, n);
    }

    /** Go on with a kept token. @throws PieException GRAMMAR_VIOLATION */
    void accept(int token) {
        constraints.accept(token);
    }

    /** Go back to the tokens that are kept. */
    void rollBack() {
        constraints.rollBack(tokens.count());
    }
}
