package pie.inferlet;

import java.util.Locale;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.ProbeSpec;

/** Ask what the model thinks at one row: logits, a distribution, log probabilities or entropy. Immutable. */
public final class Probe {
    private final ProbeKind kind;
    private final float temperature;
    private final int top;
    private final int[] ids;
    private final boolean masked;

    private Probe(ProbeKind kind, float temperature, int top, int[] ids, boolean masked) {
        this.kind = kind;
        this.temperature = temperature;
        this.top = top;
        this.ids = ids;
        this.masked = masked;
    }

    /** Read all logits, before mask, bias, penalty and temperature. */
    public static Probe logits() {
        return new Probe(ProbeKind.LOGITS, 1, 0, new int[0], false);
    }

    /** Read the whole distribution at temperature 1. */
    public static Probe distribution() {
        return distribution(1, 0);
    }

    /** Read the k most likely tokens and their probabilities; k = 0 for all. */
    public static Probe distribution(double temperature, int k) {
        return new Probe(
                ProbeKind.DISTRIBUTION,
                (float) Checks.atLeast(temperature, 0, "temperature"),
                (int) Checks.atLeast(k, 0, "k"),
                new int[0],
                false);
    }

    public static Probe logprob(int id) {
        return logprobs(new int[] {id});
    }

    /** Read the log probabilities of some tokens, in order. */
    public static Probe logprobs(int[] ids) {
        return new Probe(ProbeKind.LOGPROBS, 1, 0, ids.clone(), false);
    }

    /** Read the entropy in nats. */
    public static Probe entropy() {
        return new Probe(ProbeKind.ENTROPY, 1, 0, new int[0], false);
    }

    /** Return this probe, looking after logit masks instead of before. */
    public Probe masked() {
        return new Probe(kind, temperature, top, ids, true);
    }

    /** Return {@code logits}, {@code distribution}, {@code logprobs} or {@code entropy}. */
    public String kind() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    ProbeSpec at(int row) {
        return new ProbeSpec(row, kind, temperature, top, ids, masked);
    }
}
