package pie.inferlet;

import java.util.LinkedHashMap;
import java.util.Map;
import pie.engine.PieException;

/** Transform or cut down the next-token distribution: one link of {@link Sampler#chain}. Immutable. */
public final class Stage {
    private final pie.engine.generate.Stage spec;

    private Stage(pie.engine.generate.Stage spec) {
        this.spec = spec;
    }

    /** Divide the positive and multiply the negative logits of all ids in the sequence by r. */
    public static Stage repetitionPenalty(double r) {
        return repetitionPenalty(r, 0);
    }

    /** Do so for ids among the last {@code window} tokens; 0 = all. */
    public static Stage repetitionPenalty(double r, int window) {
        return new Stage(new pie.engine.generate.Stage.RepetitionPenalty(
                (float) Checks.above(r, 0, "repetition_penalty"), (int) Checks.atLeast(window, 0, "window")));
    }

    /** Subtract a from the logit of each generated id. */
    public static Stage presencePenalty(double a) {
        return new Stage(new pie.engine.generate.Stage.PresencePenalty((float) Checks.finite(a, "presence_penalty")));
    }

    /** Subtract b times its count from the logit of each generated id. */
    public static Stage frequencyPenalty(double b) {
        return new Stage(new pie.engine.generate.Stage.FrequencyPenalty((float) Checks.finite(b, "frequency_penalty")));
    }

    /** Add to single logits. */
    public static Stage logitBias(Map<Integer, ? extends Number> bias) {
        return new Stage(new pie.engine.generate.Stage.LogitBias(floats(bias)));
    }

    /** Add {@code x} to the logits of all ids of a mask. @throws PieException INVALID_ARGUMENT for ids that no loaded model has */
    public static Stage logitBias(Mask mask, double x) {
        mask.checkIds("logit_bias", mostIds());
        return new Stage(new pie.engine.generate.Stage.LogitBias(spread(mask, x)));
    }

    public static Stage temperature(double t) {
        return new Stage(new pie.engine.generate.Stage.Temperature((float) Checks.atLeast(t, 0, "temperature")));
    }

    /** Keep the k most likely; 0 = all. */
    public static Stage topK(int k) {
        return new Stage(new pie.engine.generate.Stage.TopK((int) Checks.atLeast(k, 0, "top_k")));
    }

    /** Keep the tokens of typical surprise up to the given mass. */
    public static Stage typical(double mass) {
        return new Stage(
                new pie.engine.generate.Stage.Typical((float) Math.min(1, Checks.atLeast(mass, 0, "typical"))));
    }

    /** Keep the most likely up to the given mass. */
    public static Stage topP(double mass) {
        return new Stage(new pie.engine.generate.Stage.TopP((float) Math.min(1, Checks.atLeast(mass, 0, "top_p"))));
    }

    /** Keep what has at least {@code ratio} of the largest probability. */
    public static Stage minP(double ratio) {
        return new Stage(new pie.engine.generate.Stage.MinP((float) Math.min(1, Checks.atLeast(ratio, 0, "min_p"))));
    }

    pie.engine.generate.Stage spec() {
        return spec;
    }

    static Map<Integer, Float> floats(Map<Integer, ? extends Number> bias) {
        var out = new LinkedHashMap<Integer, Float>();
        bias.forEach((id, x) -> {
            if (id < 0) {
                throw PieException.invalid("logit_bias: token ids must be >= 0, got " + id);
            }
            out.put(id, (float) Checks.finite(x.doubleValue(), "logit_bias of token " + id));
        });
        return out;
    }

    private static int mostIds() {
        return Host.current().engines().stream()
                .mapToInt(engine -> engine.model().tokenizer().vocabSize())
                .max()
                .orElse(Integer.MAX_VALUE);
    }

    static Map<Integer, Float> spread(Mask mask, double x) {
        float value = (float) Checks.finite(x, "logit_bias");
        var out = new LinkedHashMap<Integer, Float>();
        for (int id : mask.indices()) {
            out.put(id, value);
        }
        return out;
    }
}
