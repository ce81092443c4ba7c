package pie.cpu.kernel;

/** Say how many bits activations keep where weights are integers. */
public enum Precision {
    /** 127 steps to each side of a block's largest value, as llama.cpp takes them. */
    INT8(127),
    /** 16,256 steps to each side, in two bytes: closer than half floats are. */
    INT16(127 * 128);

    private final int limit;

    Precision(int limit) {
        this.limit = limit;
    }

    /** Return the largest integer. */
    int limit() {
        return limit;
    }
}
