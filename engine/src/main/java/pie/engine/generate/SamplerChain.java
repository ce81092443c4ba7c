package pie.engine.generate;

import java.util.List;
import java.util.OptionalLong;

/**
 * Hold the stages of a sampler in order, and its seed.
 *
 * @param seed absent: derived when the sampler is attached
 */
public record SamplerChain(List<Stage> stages, OptionalLong seed) {
    /** Temperatures up to this make a draw an argmax. */
    public static final float GREEDY_BELOW = 1e-5f;

    /** Take the most likely token. */
    public static final SamplerChain ARGMAX = new SamplerChain(List.of(new Stage.Temperature(0)), OptionalLong.empty());

    public SamplerChain {
        stages = List.copyOf(stages);
    }

    public SamplerChain withSeed(long value) {
        return new SamplerChain(stages, OptionalLong.of(value));
    }

    /** Say whether the draw needs no random number. */
    public boolean greedy() {
        return stages.stream().anyMatch(s -> s instanceof Stage.Temperature t && t.temperature() <= GREEDY_BELOW);
    }
}
