package pie.engine.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Change one step of a generation.
 *
 * @param draw false: no token is drawn, the caller accepts some itself
 * @param sampler stands in for the plan's, null for the plan's own
 * @param bias added to single logits before the sampler
 * @param probes beside the plan's own, after them in the result
 * @param logitMask tokens that may be drawn, of those that the plan allows: how a program's own constraint has its say; null for all
 * @param drafts tokens that a program's own drafter expects to come next, to be checked in this step. Those for which there is no
 *     room, and all of them beside a grammar of the plan or where more than one token is pending, are left out
 * @param draftMasks for each draft the tokens that may follow it, null for all
 * @param over a program's own constraint has come to its end: no token is drawn, and the generation ends
 */
public record StepSpec(
        boolean draw,
        @Nullable SamplerChain sampler,
        Map<Integer, Float> bias,
        List<ProbeSpec> probes,
        long @Nullable [] logitMask,
        int[] drafts,
        List<long @Nullable []> draftMasks,
        boolean over) {
    private static final int[] NONE = {};

    public static final StepSpec PLAIN = new StepSpec(true, null, Map.of(), List.of());

    public StepSpec {
        if (drafts.length != draftMasks.size()) {
            throw new IllegalArgumentException(drafts.length + " drafts and " + draftMasks.size() + " masks");
        }
    }

    public StepSpec(boolean draw, @Nullable SamplerChain sampler, Map<Integer, Float> bias, List<ProbeSpec> probes) {
        this(draw, sampler, bias, probes, null, NONE, List.of(), false);
    }

    /** Draw among these tokens only. */
    public StepSpec withLogitMask(long[] allowed) {
        return new StepSpec(draw, sampler, bias, probes, allowed.clone(), drafts, draftMasks, over);
    }

    /** Check these tokens. @param masks what may follow each, null for anything */
    public StepSpec withDrafts(int[] tokens, List<long @Nullable []> masks) {
        return new StepSpec(draw, sampler, bias, probes, logitMask, tokens.clone(), new ArrayList<>(masks), over);
    }

    /** End the generation in place of a draw. */
    public StepSpec ending() {
        return new StepSpec(draw, sampler, bias, probes, logitMask, drafts, draftMasks, true);
    }
}
