package pie.engine;

import pie.engine.generate.PromptLookup;
import pie.engine.generate.StepSpec;
import pie.engine.kv.KvContext;

/** Say how far the rows of one generation may go ahead of the tokens that are known: a chained row, or rows of guesses. */
final class RowsAhead {
    /** Chance of a guess from which on it is worth to wait for drafts. */
    private static final double LIKELY = 0.3;

    private final EngineContext context;
    private final KvContext kv;
    private final GeneratedTokens tokens;
    private final AllowedTokens allowed;

    RowsAhead(EngineContext context, GeneratedTokens tokens, AllowedTokens allowed) {
        this.context = context;
        kv = context.kv();
        this.tokens = tokens;
        this.allowed = allowed;
    }

    /** Have guesses made of the sequence as it is now, where the plan wants them. */
    void follow(PlanCode plan) {
        if (speculates(plan)) {
            context.lookup().follow(kv.tokens(), kv.length(), kv.length() - tokens.count());
        }
    }

    /** Say whether the token that row {@code target - 1} draws will be a row whatever it is, as far as the plan says. */
    boolean goesOn(PlanCode plan, int target) {
        return allowed.free()
                && plan.spec().probes().isEmpty()
                && !plan.sampler().counts()
                && !awaitsDrafts(plan)
                && !context.loop.market.config().hardCredits()
                && tokens.count() + 1 < plan.spec().maxTokens()
                && target + 1 < context.loop.maxContext
                && (target < kv.pages() * context.loop.store.pageSize() || !context.process.allowance.limitsPages());
    }

    /** Say whether the next tokens are likely enough to be guessed that they should not be rows before they are known. */
    private boolean awaitsDrafts(PlanCode plan) {
        return speculates(plan) && context.lookup().chance(0) > LIKELY;
    }

    private boolean speculates(PlanCode plan) {
        return plan.spec().speculate()
                && context.loop.config.speculation() != Speculation.OFF
                && allowed.free()
                && plan.spec().probes().isEmpty();
    }

    /**
     * Return how many drafts may follow a sequence of so many tokens: none that would be the last token.
     *
     * @param collecting whether the tokens of a step may be more than one though the step brings no drafts
     */
    int drafts(PlanCode plan, StepSpec step, boolean collecting, int length) {
        int own = allowed.free() ? step.drafts().length : 0;
        if (own == 0 && (!collecting || !speculates(plan) || !context.lookup().any())) {
            return 0;
        }
        int most = Math.min(plan.spec().maxTokens() - tokens.count(), context.loop.maxContext - length) - 1;
        return Math.min(most, own > 0 ? own : PromptLookup.MOST);
    }
}
