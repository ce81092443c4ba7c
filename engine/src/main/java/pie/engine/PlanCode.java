package pie.engine;

import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SamplerCode;
import pie.engine.grammar.Matcher;

/** Hold a checked generation plan. @param goingOn all tokens but those that stop, null unless there is a least number of tokens */
record PlanCode(PlanSpec spec, SamplerCode sampler, int[] stopIds, OptionalLong seed, long @Nullable [] goingOn) {
    /** @throws PieException INVALID_ARGUMENT */
    static PlanCode of(PlanSpec spec, EngineLoop loop) {
        loop.checkTokens(spec.stopIds());
        if (spec.minTokens() < 0) {
            throw PieException.invalid("min_tokens is " + spec.minTokens() + ": it must be 0 or more");
        }
        if (spec.maxTokens() < 0) {
            throw PieException.invalid("max_tokens is " + spec.maxTokens() + ": it must be 0 or more");
        }
        for (ProbeSpec probe : spec.probes()) {
            PassPlan.checkProbe(probe, loop);
        }
        for (Matcher matcher : spec.constraints()) {
            if (matcher.grammar().index().vocabSize() != loop.model.tokenizer().vocabSize()) {
                throw PieException.invalid("a constraint was compiled for a vocabulary of "
                        + matcher.grammar().index().vocabSize() + " tokens, and the model's has "
                        + loop.model.tokenizer().vocabSize());
            }
        }
        int[] stops = spec.stopIds().clone();
        Arrays.sort(stops);
        SamplerCode sampler = SamplerCode.of(spec.sampler(), loop.limits.vocabSize());
        return new PlanCode(
                spec.adapter().isEmpty() ? spec : spec.withAdapter(loop.checked(spec.adapter())),
                sampler,
                stops,
                spec.seed().isPresent() ? spec.seed() : spec.sampler().seed(),
                spec.minTokens() == 0 || stops.length == 0 ? null : others(stops, loop.limits.vocabSize()));
    }

    private static long[] others(int[] stops, int vocabulary) {
        long[] others = new long[(vocabulary + Long.SIZE - 1) / Long.SIZE];
        Arrays.fill(others, -1);
        if (vocabulary % Long.SIZE != 0) {
            others[others.length - 1] = (1L << vocabulary) - 1;
        }
        for (int stop : stops) {
            others[stop >> 6] &= ~(1L << stop);
        }
        return others;
    }

    boolean stops(int token) {
        return Arrays.binarySearch(stopIds, token) >= 0;
    }
}
