package pie.engine;

import java.util.Arrays;
import java.util.OptionalLong;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SamplerCode;
import pie.engine.grammar.Matcher;

/** Hold a checked generation plan. */
record PlanCode(PlanSpec spec, SamplerCode sampler, int[] stopIds, OptionalLong seed) {
    /** @throws PieException INVALID_ARGUMENT */
    static PlanCode of(PlanSpec spec, EngineLoop loop) {
        loop.checkTokens(spec.stopIds());
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
                spec,
                sampler,
                stops,
                spec.seed().isPresent() ? spec.seed() : spec.sampler().seed());
    }

    boolean stops(int token) {
        return Arrays.binarySearch(stopIds, token) >= 0;
    }
}
