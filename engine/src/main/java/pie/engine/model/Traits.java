package pie.engine.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Say in what a model differs from the plain decoder: RMS norm, rotary attention over all that came before, SiLU-gated feed-forward.
 *
 * @param activation gates the feed-forward layer
 * @param headNorms whether each head of queries and keys is normalised before it rotates
 * @param postNorms whether what attention and feed-forward give is normalised before it is added
 * @param embeddingScale embeddings are multiplied by it
 * @param attentionScale scores are multiplied by it; 0 for 1 / sqrt(headDim)
 * @param kinds of attention, one for each layer; empty if all are {@link Kind#PLAIN}
 * @param localRopeBase base of the layers that rotate locally
 * @param ropeMagnitude sines and cosines are multiplied by it
 * @param longRope what replaces the rotary factors for long contexts
 * @param experts of the feed-forward layers; empty if they are dense
 */
public record Traits(
        Activation activation,
        boolean headNorms,
        boolean postNorms,
        float embeddingScale,
        float attentionScale,
        List<Kind> kinds,
        float localRopeBase,
        float ropeMagnitude,
        Optional<LongRope> longRope,
        Optional<Experts> experts) {
    public static final Traits PLAIN =
            new Traits(Activation.SILU, false, false, 1, 0, List.of(), 10_000, 1, Optional.empty(), Optional.empty());

    /** Name what gates a feed-forward layer. */
    public enum Activation {
        SILU,
        GELU_TANH
    }

    /** Name how a layer marks positions. */
    public enum Rotation {
        GLOBAL,
        LOCAL,
        NONE
    }

    /**
     * Hold how one layer attends.
     *
     * @param window slots that a token sees, itself among them; 0 for all
     */
    public record Kind(int window, Rotation rotation) {
        public static final Kind PLAIN = new Kind(0, Rotation.GLOBAL);
    }

    /**
     * Hold the rotary factors for contexts longer than those the model was first trained on; it depends on the longest context that a
     * driver is opened for, not on the length that one has: else pages would change their meaning as a context grows.
     *
     * @param factors divides the frequency of each pair
     * @param originalContext tokens up to which the model's ordinary factors hold
     */
    public record LongRope(List<Float> factors, int originalContext) {
        public LongRope {
            factors = List.copyOf(factors);
        }
    }

    /**
     * Hold the shape of a mixture of experts.
     *
     * @param used experts that each token is sent to, by the highest share
     * @param normalised whether the shares of those add up to 1
     */
    public record Experts(int count, int used, boolean normalised) {}

    public Traits {
        kinds = List.copyOf(kinds);
    }

    /** Return how a layer attends. */
    public Kind kind(int layer) {
        return kinds.isEmpty() ? Kind.PLAIN : kinds.get(layer);
    }

    Traits withKinds(List<Kind> other) {
        boolean plain = Collections.frequency(other, Kind.PLAIN) == other.size();
        return new Traits(
                activation,
                headNorms,
                postNorms,
                embeddingScale,
                attentionScale,
                plain ? List.of() : other,
                localRopeBase,
                ropeMagnitude,
                longRope,
                experts);
    }

    Traits withHeadNorms() {
        return new Traits(
                activation,
                true,
                postNorms,
                embeddingScale,
                attentionScale,
                kinds,
                localRopeBase,
                ropeMagnitude,
                longRope,
                experts);
    }

    Traits withExperts(Experts of) {
        return new Traits(
                activation,
                headNorms,
                postNorms,
                embeddingScale,
                attentionScale,
                kinds,
                localRopeBase,
                ropeMagnitude,
                longRope,
                Optional.of(of));
    }

    Traits withLongRope(LongRope rope, float magnitude) {
        return new Traits(
                activation,
                headNorms,
                postNorms,
                embeddingScale,
                attentionScale,
                kinds,
                localRopeBase,
                magnitude,
                Optional.of(rope),
                experts);
    }
}
