package pie.inferlet;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import pie.engine.generate.SamplerChain;

/** Say how the next token is chosen. Immutable; evaluated beside the logits. */
public final class Sampler {
    private final SamplerChain chain;
    private final int draws;

    private Sampler(SamplerChain chain, int draws) {
        this.chain = chain;
        this.draws = draws;
    }

    private static Sampler of(Stage... stages) {
        var specs = new ArrayList<pie.engine.generate.Stage>(stages.length);
        for (Stage stage : stages) {
            specs.add(stage.spec());
        }
        return new Sampler(new SamplerChain(specs, OptionalLong.empty()), 1);
    }

    /** Take the most likely token; ties go to the lower id. */
    public static Sampler argmax() {
        return new Sampler(SamplerChain.ARGMAX, 1);
    }

    public static Sampler topP() {
        return topP(0.6, 0.95);
    }

    public static Sampler topP(double temperature, double p) {
        return of(Stage.temperature(temperature), Stage.topP(p));
    }

    public static Sampler topK() {
        return topK(0.6, 40);
    }

    public static Sampler topK(double temperature, int k) {
        return of(Stage.temperature(temperature), Stage.topK(k));
    }

    public static Sampler minP() {
        return minP(0.6, 0.1);
    }

    public static Sampler minP(double temperature, double p) {
        return of(Stage.temperature(temperature), Stage.minP(p));
    }

    public static Sampler topKTopP() {
        return topKTopP(0.6, 40, 0.95);
    }

    public static Sampler topKTopP(double temperature, int k, double p) {
        return of(Stage.temperature(temperature), Stage.topK(k), Stage.topP(p));
    }

    public static Sampler multinomial() {
        return multinomial(1, 1);
    }

    /** Draw {@code draws} tokens per index, independently; 0 is read as 1. */
    public static Sampler multinomial(double temperature, int draws) {
        Sampler one = of(Stage.temperature(temperature));
        return new Sampler(one.chain, Math.max(1, (int) Checks.atLeast(draws, 0, "draws")));
    }

    /** Apply stages in order. */
    public static Sampler chain(List<Stage> stages) {
        return of(stages.toArray(new Stage[0]));
    }

    public static Sampler chain(Stage... stages) {
        return of(stages);
    }

    /** Return this sampler with a seed of its own. */
    public Sampler seed(long seed) {
        return new Sampler(chain.withSeed(seed), draws);
    }

    SamplerChain chain() {
        return chain;
    }

    int draws() {
        return draws;
    }
}
