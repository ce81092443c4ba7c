package pie.engine.generate;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.grammar.Matcher;

/**
 * Describe a generation once, so that no guest code runs per token.
 *
 * @param maxTokens most tokens kept, {@link Integer#MAX_VALUE} for none but the context's limit
 * @param stopIds ids that end the generation and are dropped
 * @param stopStrings texts that end it; matched on the bytes of the generated tokens
 * @param logitMask bit set over the vocabulary, null for none
 * @param seed overrides the sampler's
 * @param probes taken at every step
 * @param horizon tokens expected, which shapes the default bid; 0 for what {@code maxTokens} says
 * @param rebidEachStep whether the default bid is worked out at every step, or once
 * @param constraints grammars that the text must follow, all of them, each from where its matcher stands when it is attached; the
 *     matchers themselves are not advanced
 * @param speculate whether the engine may draft tokens and check several in one step; the tokens are the same
 * @param minTokens tokens before which neither stop ids are drawn nor stop strings looked for; what a constraint ends, ends before
 * @param adapter that every row is computed with; empty for the model as it is
 */
public record PlanSpec(
        SamplerChain sampler,
        int maxTokens,
        int[] stopIds,
        List<String> stopStrings,
        long @Nullable [] logitMask,
        OptionalLong seed,
        List<ProbeSpec> probes,
        int horizon,
        boolean rebidEachStep,
        List<Matcher> constraints,
        boolean speculate,
        int minTokens,
        Optional<Adapter> adapter) {
    public PlanSpec(
            SamplerChain sampler,
            int maxTokens,
            int[] stopIds,
            List<String> stopStrings,
            long @Nullable [] logitMask,
            OptionalLong seed,
            List<ProbeSpec> probes) {
        this(
                sampler,
                maxTokens,
                stopIds,
                stopStrings,
                logitMask,
                seed,
                probes,
                0,
                true,
                List.of(),
                false,
                0,
                Optional.empty());
    }

    public PlanSpec withBidding(int tokens, boolean eachStep) {
        return with(copy -> {
            copy.horizon = tokens;
            copy.rebidEachStep = eachStep;
        });
    }

    public PlanSpec withConstraints(List<Matcher> matchers) {
        return with(copy -> copy.constraints = List.copyOf(matchers));
    }

    public PlanSpec withSpeculation(boolean on) {
        return with(copy -> copy.speculate = on);
    }

    public PlanSpec withSeed(OptionalLong other) {
        return with(copy -> copy.seed = other);
    }

    public PlanSpec withMinTokens(int least) {
        return with(copy -> copy.minTokens = least);
    }

    public PlanSpec withAdapter(Optional<Adapter> through) {
        return with(copy -> copy.adapter = through);
    }

    private PlanSpec with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return new PlanSpec(
                sampler,
                maxTokens,
                stopIds,
                stopStrings,
                logitMask,
                copy.seed,
                probes,
                copy.horizon,
                copy.rebidEachStep,
                copy.constraints,
                copy.speculate,
                copy.minTokens,
                copy.adapter);
    }

    /** What a plan may have differently. */
    private static final class Copy {
        OptionalLong seed;
        int horizon;
        boolean rebidEachStep;
        List<Matcher> constraints;
        boolean speculate;
        int minTokens;
        Optional<Adapter> adapter;

        Copy(PlanSpec of) {
            seed = of.seed;
            horizon = of.horizon;
            rebidEachStep = of.rebidEachStep;
            constraints = of.constraints;
            speculate = of.speculate;
            minTokens = of.minTokens;
            adapter = of.adapter;
        }
    }
}
