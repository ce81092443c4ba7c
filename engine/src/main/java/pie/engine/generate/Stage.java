package pie.engine.generate;

import java.util.Map;

/** Transform or cut down the next-token distribution; one link of a {@link SamplerChain}. Source: inferlet API, samplers. */
public sealed interface Stage {
    /** @param window last tokens looked at, 0 for all */
    record RepetitionPenalty(float penalty, int window) implements Stage {}

    record PresencePenalty(float penalty) implements Stage {}

    record FrequencyPenalty(float penalty) implements Stage {}

    record LogitBias(Map<Integer, Float> bias) implements Stage {}

    record Temperature(float temperature) implements Stage {}

    record TopK(int k) implements Stage {}

    record Typical(float mass) implements Stage {}

    record TopP(float mass) implements Stage {}

    record MinP(float ratio) implements Stage {}
}
