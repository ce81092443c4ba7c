package pie.inferlet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    private final List<Boolean> attached;
    private final int[] tokens;
    private final Supplier<String> text;
    private final @Nullable FinishReason finish;
    private final @Nullable SampleHandle autoSampler;

    private Output(
            Object pass,
            @Nullable Object generation,
            List<int[]> samples,
            List<ProbeValue> probes,
            List<Boolean> attached,
            int[] tokens,
            Supplier<String> text,
            @Nullable FinishReason finish,
            @Nullable SampleHandle autoSampler) {
        this.pass = pass;
        this.generation = generation;
        this.samples = samples;
        this.probes = probes;
        this.attached = attached;
        this.tokens = tokens;
        this.text = text;
        this.finish = finish;
        this.autoSampler = autoSampler;
    }

    static Output ofPass(Forward pass, PassResult result) {
        return new Output(
                pass, null, result.tokens(), result.probes(), pass.attached(), new int[0], () -> "", null, null);
    }

    static Output ofStep(
            GenStep step, Generator generator, GenerationStep result, Supplier<String> text, boolean drawn) {
        return new Output(
                step,
                generator,
                drawn ? List.of(result.tokens()) : List.of(),
                result.probes(),
                probesThenSample(result.probes().size(), drawn),
                result.tokens(),
                text,
                result.finish(),
                drawn ? new SampleHandle(step, result.probes().size(), 0, 1) : null);
    }

    private static List<Boolean> probesThenSample(int probes, boolean drawn) {
        var attached = new ArrayList<Boolean>(Collections.nCopies(probes, false));
        if (drawn) {
            attached.add(true);
        }
        return attached;
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
        var slots = new ArrayList<Slot>();
        int sample = 0;
        int probe = 0;
        for (boolean drawn : attached) {
            if (drawn) {
                for (int token : samples.get(sample++)) {
                    slots.add(new Slot.Token(token));
                }
            } else {
                slots.add(Slot.of(probes.get(probe++)));
            }
        }
        return new Raw(List.copyOf(slots), new int[0], new int[0]);
    }

    /** Say whether a decoder must end its turn here. */
    boolean endsTurn() {
        return finish == FinishReason.STOP || finish == FinishReason.CONSTRAINT;
    }

    /** Pair token ids with their probabilities. */
    public record Distribution(int[] ids, float[] probabilities) {}

    /** Hold what one slot of a pass brought: a drawn token, or what a probe saw. */
    public sealed interface Slot {
        /** One drawn token; a sample handle stands for as many slots as it has tokens. */
        record Token(int id) implements Slot {}

        /** Ids and probabilities, probability descending. */
        record Distribution(int[] ids, float[] probabilities) implements Slot {}

        record Logits(float[] values) implements Slot {}

        record Logprobs(float[] values) implements Slot {}

        /** Nats. */
        record Entropy(float nats) implements Slot {}

        /** Return {@code token distribution logits logprobs entropy}. */
        default String tag() {
            return switch (this) {
                case Token token -> "token";
                case Distribution distribution -> "distribution";
                case Logits logits -> "logits";
                case Logprobs logprobs -> "logprobs";
                case Entropy entropy -> "entropy";
            };
        }

        private static Slot of(ProbeValue value) {
            float[] values = value.values().clone();
            return switch (value.kind()) {
                case DISTRIBUTION -> new Distribution(value.ids().clone(), values);
                case LOGITS -> new Logits(values);
                case LOGPROBS -> new Logprobs(values);
                case ENTROPY -> new Entropy(values[0]);
            };
        }
    }

    /**
     * Hold what a pass brought, unsorted.
     *
     * @param slots in the order in which samples and probes were attached; a generator's own sample comes last
     * @param specTokens drafts for the next step, none without a drafter
     */
    public record Raw(List<Slot> slots, int[] specTokens, int[] specPositions) {}
}
