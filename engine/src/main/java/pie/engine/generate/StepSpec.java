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
 */
public record StepSpec(boolean draw, @Nullable SamplerChain sampler, Map<Integer, Float> bias, List<ProbeSpec> probes) {
    public static final StepSpec PLAIN = new StepSpec(true, null, Map.of(), List.of());
}
