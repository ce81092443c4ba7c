package pie.inferlet;

/** Name what a probe of a pass sees. Immutable; good for the Outputs of the pass or generation it was made for. */
public final class ProbeHandle {
    private final Object pass;
    private final int slot;
    private final int index;
    private final String kind;

    ProbeHandle(Object pass, int slot, int index, String kind) {
        this.pass = pass;
        this.slot = slot;
        this.index = index;
        this.kind = kind;
    }

    Object pass() {
        return pass;
    }

    /** Return the place among the probes of its pass. */
    int index() {
        return index;
    }

    /** Return the place in {@code out.raw().slots()}. */
    public int slot() {
        return slot;
    }

    /** Return {@code logits}, {@code distribution}, {@code logprobs} or {@code entropy}. */
    public String kind() {
        return kind;
    }

    @Override
    public String toString() {
        return "ProbeHandle(slot=" + slot + ", kind=" + kind + ")";
    }
}
