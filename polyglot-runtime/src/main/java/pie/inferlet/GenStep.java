package pie.inferlet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.StepSpec;

/** Prepare and run one step of a generation. A step that is never executed has no effect. */
public final class GenStep {
    private final Generator generator;
    private final List<ProbeSpec> probes = new ArrayList<>();
    private final Map<Integer, Float> bias = new LinkedHashMap<>();
    private final int eachStep;
    private @Nullable Sampler sampler;
    private boolean draw = true;
    private boolean executed;

    GenStep(Generator generator) {
        this.generator = generator;
        this.eachStep = generator.probeCount();
    }

    /** Draw no token in this step; the program calls {@link Generator#accept} afterwards. */
    public GenStep clearSampler() {
        draw = false;
        return this;
    }

    /** Use another sampler in this step. */
    public GenStep sampler(Sampler other) {
        GenerateOptions.of().check(other);
        sampler = other;
        draw = true;
        return this;
    }

    /** Add to single logits in this step. */
    public GenStep logitBias(Map<Integer, ? extends Number> more) {
        Stage.floats(more).forEach((id, x) -> bias.merge(id, x, Float::sum));
        return this;
    }

    /** Add {@code x} to the logits of a mask in this step. */
    public GenStep logitBias(Mask mask, double x) {
        mask.checkIds("logit_bias", generator.context().model().vocabulary());
        Stage.spread(mask, x).forEach((id, value) -> bias.merge(id, value, Float::sum));
        return this;
    }

    /** Take a probe in this step. Index 0 is the row that predicts the next token. */
    public ProbeHandle probe(int index, Probe probe) {
        checkRow(index);
        probes.add(probe.at(index));
        int at = eachStep + probes.size() - 1;
        return new ProbeHandle(this, at, at, probe.kind());
    }

    static void checkRow(int index) {
        if (index > 0) {
            throw PieException.invalid("probe: index " + index + " names a draft, and this step has none");
        }
    }

    /** Return the combined logit mask of the next token, absent if none. */
    public Optional<Mask> mask() {
        return generator.nextMask();
    }

    public Output execute() {
        Output output = generator.context().host().await(executeAsync(), "forward");
        generator.settle();
        return output;
    }

    /** Return the generation that this is a step of. */
    public Generator generator() {
        return generator;
    }

    public CompletableFuture<Output> executeAsync() {
        if (executed) {
            throw PieException.invalid("execute: this step has run; take another with next()");
        }
        if (generator.probeCount() != eachStep) {
            throw PieException.invalid("execute: probe_each_step was called since this step was taken");
        }
        executed = true;
        var spec = new StepSpec(draw, sampler == null ? null : sampler.chain(), Map.copyOf(bias), List.copyOf(probes));
        return Futures.map(
                generator.run(spec), result -> Output.ofStep(this, generator, result, generator.textOf(result), draw));
    }
}
