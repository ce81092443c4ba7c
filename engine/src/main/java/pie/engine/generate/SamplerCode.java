package pie.engine.generate;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import pie.engine.PieException;
import pie.engine.driver.SamplerStage;
import pie.engine.schedule.BatchWriter;

/** Hold a checked sampler chain, and write it into batches as the driver's stages. */
public final class SamplerCode {
    private final List<Stage> stages;
    private final OptionalLong seed;
    private final boolean counts;

    private SamplerCode(SamplerChain chain) {
        stages = chain.stages();
        seed = chain.seed();
        counts = stages.stream()
                .anyMatch(stage -> stage instanceof Stage.RepetitionPenalty
                        || stage instanceof Stage.PresencePenalty
                        || stage instanceof Stage.FrequencyPenalty);
    }

    /** @throws PieException INVALID_ARGUMENT for a parameter out of range or an id outside the vocabulary */
    public static SamplerCode of(SamplerChain chain, int vocab) {
        for (Stage stage : chain.stages()) {
            switch (stage) {
                case Stage.RepetitionPenalty(float penalty, int window) -> {
                    require(penalty > 0 && Float.isFinite(penalty), "repetition_penalty", penalty, "above 0");
                    require(window >= 0, "repetition_penalty window", window, "0 or more");
                }
                case Stage.PresencePenalty(float penalty) ->
                    require(Float.isFinite(penalty), "presence_penalty", penalty, "finite");
                case Stage.FrequencyPenalty(float penalty) ->
                    require(Float.isFinite(penalty), "frequency_penalty", penalty, "finite");
                case Stage.LogitBias(Map<Integer, Float> bias) -> checkBias(bias, vocab);
                case Stage.Temperature(float t) -> mass("temperature", t);
                case Stage.TopK(int k) -> require(k >= 0, "top_k", k, "0 or more");
                case Stage.Typical(float q) -> mass("typical", q);
                case Stage.TopP(float q) -> mass("top_p", q);
                case Stage.MinP(float q) -> mass("min_p", q);
            }
        }
        return new SamplerCode(chain);
    }

    public static void checkBias(Map<Integer, Float> bias, int vocab) {
        bias.forEach((id, x) -> {
            require(id >= 0 && id < vocab, "logit_bias id", id, "from 0 to " + (vocab - 1));
            require(Float.isFinite(x), "logit_bias", x, "finite");
        });
    }

    private static void mass(String name, float value) {
        require(value >= 0 && Float.isFinite(value), name, value, "finite and 0 or more");
    }

    private static void require(boolean holds, String name, Number value, String rule) {
        if (!holds) {
            throw PieException.invalid(name + " is " + value + ": it must be " + rule);
        }
    }

    public OptionalLong seed() {
        return seed;
    }

    /** Say whether a draw depends on the tokens before it: a penalty counts them. */
    public boolean counts() {
        return counts;
    }

    /**
     * Write the stages of the draw begun last.
     *
     * @param tokens logical sequence up to {@code end}, the row drawn from included
     * @param generated tokens in [generatedFrom, generatedTo) that presence and frequency penalties count
     */
    public void write(
            BatchWriter batch,
            TokenCounts counts,
            int[] tokens,
            int end,
            int[] generated,
            int generatedFrom,
            int generatedTo) {
        for (int i = 0; i < stages.size(); i++) {
            switch (stages.get(i)) {
                case Stage.RepetitionPenalty p -> {
                    batch.stage(SamplerStage.ADJUST, 0);
                    counts.count(tokens, p.window() == 0 ? 0 : Math.max(0, end - p.window()), end);
                    for (int j = 0; j < counts.distinct(); j++) {
                        batch.adjust(counts.token(j), p.penalty(), 0);
                    }
                }
                case Stage.PresencePenalty p -> {
                    batch.stage(SamplerStage.ADJUST, 0);
                    counts.count(generated, generatedFrom, generatedTo);
                    for (int j = 0; j < counts.distinct(); j++) {
                        batch.adjust(counts.token(j), 1, -p.penalty());
                    }
                }
                case Stage.FrequencyPenalty p -> {
                    batch.stage(SamplerStage.ADJUST, 0);
                    counts.count(generated, generatedFrom, generatedTo);
                    for (int j = 0; j < counts.distinct(); j++) {
                        int token = counts.token(j);
                        batch.adjust(token, 1, -(p.penalty() * counts.times(token)));
                    }
                }
                case Stage.LogitBias b -> bias(batch, b.bias());
                case Stage.Temperature t -> batch.stage(SamplerStage.TEMPERATURE, t.temperature());
                case Stage.TopK k -> batch.stage(SamplerStage.TOP_K, k.k());
                case Stage.Typical t -> batch.stage(SamplerStage.TYPICAL, t.mass());
                case Stage.TopP p -> batch.stage(SamplerStage.TOP_P, p.mass());
                case Stage.MinP p -> batch.stage(SamplerStage.MIN_P, p.ratio());
            }
        }
    }

    /** Write a stage that adds to single logits. */
    public static void bias(BatchWriter batch, Map<Integer, Float> bias) {
        batch.stage(SamplerStage.ADJUST, 0);
        bias.forEach((id, x) -> batch.adjust(id, 1, x));
    }
}
