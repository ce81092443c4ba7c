package pie.engine;

import pie.engine.generate.FinishReason;

/** Go on with tokens that the program chose: cut at a stop token and at the limit, pending until the next step. */
final class AcceptOperation extends Operation<int[]> {
    private final EngineContext context;
    private final EngineGeneration generation;
    private final int[] tokens;

    AcceptOperation(EngineContext context, EngineGeneration generation, int[] tokens) {
        this.context = context;
        this.generation = generation;
        this.tokens = tokens;
    }

    @Override
    void start() {
        context.settleGeneration();
        int admissible = admissible();
        generation.allowed().check(tokens, admissible);
        context.process.allowance.afford(generation.owes() ? 0 : admissible);
        int n = 0;
        FinishReason reason = generation.finishReason();
        while (reason == null && !generation.owes() && n < tokens.length) {
            if (generation.full()) {
                reason = FinishReason.LENGTH;
            } else {
                reason = generation.keep(tokens[n]);
                n += generation.plan().stops(tokens[n]) ? 0 : 1;
            }
        }
        GeneratedTokens kept = generation.tokens();
        kept.release();
        int[] accepted = kept.take();
        if (accepted.length > 0) {
            kept.shown();
        }
        context.publish(Integer.MAX_VALUE, 0);
        if (reason != null && generation.finishReason() == null) {
            generation.owe(reason);
        }
        context.line.answer(this, accepted);
    }

    /** Returns how many of the tokens come before a stop token and within the limit. */
    private int admissible() {
        PlanCode plan = generation.plan();
        int most = generation.finishReason() == null
                ? plan.spec().maxTokens() - generation.tokens().count()
                : 0;
        int n = 0;
        while (n < tokens.length && n < most && !plan.stops(tokens[n])) {
            n++;
        }
        return n;
    }
}
