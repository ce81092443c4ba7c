package pie.inferlet;

/** Name the tokens that a pass draws. Immutable; good for the Output of the pass it was made for. */
public final class SampleHandle {
    private final Object pass;
    private final int slot;
    private final int index;
    private final int arity;

    SampleHandle(Object pass, int slot, int index, int arity) {
        this.pass = pass;
        this.slot = slot;
        this.index = index;
        this.arity = arity;
    }

    Object pass() {
        return pass;
    }

    /** Return the place among the samples of its pass. */
    int index() {
        return index;
    }

    /** Return the place of its first token in {@code out.raw().slots()}. */
    public int slot() {
        return slot;
    }

    /** Return how many tokens it stands for. */
    public int arity() {
        return arity;
    }

    @Override
    public String toString() {
        return "SampleHandle(slot=" + slot + ", arity=" + arity + ")";
    }
}
