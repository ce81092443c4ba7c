package pie.inferlet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.FinishReason;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassResult;
import pie.engine.generate.ProbeValue;

/** Hold what a pass, or a step of a generation, brought. */
public final class Output {
    private final Object pass;
    private final @Nullable Object generation;
    private final List<int[]> samples;
    private final List<ProbeValue> probes;
    private final int[] tokens;
    private final Supplier<String> text;
    private final @Nullable FinishReason finish;
    private final @Nullable SampleHandle autoSampler;

    private Output(
            Object pass,
            @Nullable Object generation,
            List<int[]> samples,
            List<ProbeValue> probes,
            int[] tokens,
            Supplier<String> text,
            @Nullable FinishReason finish,
            @Nullable SampleHandle autoSampler) {
        this.pass = pass;
        this.generation = generation;
        this.samples = samples;
        this.probes = probes;
        this.tokens = tokens;
        this.text = text;
        this.finish = finish;
        this.autoSampler = autoSampler;
    }

    static Output ofPass(Forward pass, PassResult result) {
        return new Output(pass, null, result.tokens(), result.probes(), new int[0], () -> "", null, null);
    }

    static Output ofStep(
            GenStep step, Generator generator, GenerationStep result, Supplier<String> text, boolean drawn) {
        return new Output(
                step,
                generator,
                drawn ? List.of(result.tokens()) : List.of(),
                result.probes(),
                result.tokens(),
                text,
                result.finish(),
                drawn ? new SampleHandle(step, 0, 0, 1) : null);
    }

    /** Return the first token of a sample handle; absent for the row of a rejected draft. */
    public OptionalInt token(SampleHandle handle) {
        int[] drawn = drawn(handle);
        return drawn.length == 0 ? OptionalInt.empty() : OptionalInt.of(drawn[0]);
    }

    /** Return the tokens of all indices of a handle, in order. */
    public int[] tokensAt(SampleHandle handle) {
        return drawn(handle).clone();
    }

    private int[] drawn(SampleHandle handle) {
        if (handle.pass() != pass) {
            throw PieException.invalid("token: the handle belongs to another pass");
        }
        return samples.get(handle.index());
    }

    /** Return ids and probabilities, probability descending, then id ascending. */
    public Distribution distribution(ProbeHandle handle) {
        ProbeValue value = seen(handle, ProbeKind.DISTRIBUTION, "distribution");
        return new Distribution(value.ids().clone(), value.values().clone());
    }

    public float[] logits(ProbeHandle handle) {
        return seen(handle, ProbeKind.LOGITS, "logits").values().clone();
    }

    public float[] logprobs(ProbeHandle handle) {
        return seen(handle, ProbeKind.LOGPROBS, "logprobs").values().clone();
    }

    /** Return nats. */
    public float entropy(ProbeHandle handle) {
        return seen(handle, ProbeKind.ENTROPY, "entropy").values()[0];
    }

    private ProbeValue seen(ProbeHandle handle, ProbeKind kind, String call) {
        if (handle.pass() != pass && handle.pass() != generation || handle.index() >= probes.size()) {
            throw PieException.invalid(call + ": the handle belongs to another pass");
        }
        ProbeValue value = probes.get(handle.index());
        if (value.kind() != kind) {
            throw PieException.invalid(call + ": the handle is of kind " + handle.kind());
        }
        return value;
    }

    /** Return the tokens that the generator accepted in this step; empty for a raw pass. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Return the visible text that they add. */
    public String text() {
        return text.get();
    }

    /** Return why the generation ended, on its last step: {@code stop length stop_string constraint closed}. */
    public Optional<String> finishReason() {
        return Optional.ofNullable(finish).map(FinishReason::word);
    }

    /** Return the handle of the generator's sampler; absent after {@code clearSampler} and for a raw pass. */
    public Optional<SampleHandle> autoSampler() {
        return Optional.ofNullable(autoSampler);
    }

    /** Return everything as it came. */
    public Raw raw() {
        return new Raw(
                samples.stream().map(int[]::clone).toList(),
                probes.stream().map(Seen::of).toList(),
                new int[0],
                new int[0]);
    }

    /** Say whether a decoder must end its turn here. */
    boolean endsTurn() {
        return finish == FinishReason.STOP || finish == FinishReason.CONSTRAINT;
    }

    /** Pair token ids with their probabilities. */
    public record Distribution(int[] ids, float[] probabilities) {}

    /** Hold what a probe saw: its kind, ids (empty for logits and entropy), and values of equal place. */
    public record Seen(String kind, int[] ids, float[] values) {
        static Seen of(ProbeValue value) {
            return new Seen(
                    value.kind().name().toLowerCase(Locale.ROOT),
                    value.ids().clone(),
                    value.values().clone());
        }
    }

    /** Hold drawn tokens per sample and values per probe. */
    public record Raw(List<int[]> samples, List<Seen> probes, int[] specTokens, int[] specPositions) {}
}
