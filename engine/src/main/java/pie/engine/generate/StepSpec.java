package pie.engine.generate;

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
 */
public record StepSpec(
        boolean draw,
        @Nullable SamplerChain sampler,
        Map<Integer, Float> bias,
        List<ProbeSpec> probes,
        long @Nullable [] logitMask) {
    public static final StepSpec PLAIN = new StepSpec(true, null, Map.of(), List.of());

    public StepSpec(boolean draw, @Nullable SamplerChain sampler, Map<Integer, Float> bias, List<ProbeSpec> probes) {
        this(draw, sampler, bias, probes, null);
    }

    /** Draw among these tokens only. */
    public StepSpec withLogitMask(long[] allowed) {
        return new StepSpec(draw, sampler, bias, probes, allowed.clone());
    }
}
