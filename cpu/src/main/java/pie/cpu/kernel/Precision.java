package pie.cpu.kernel;

/** Say how many bits activations keep where weights are integers. */
public enum Precision {
    /** 127 steps to each side of a block's largest value, as llama.cpp takes them. */
    INT8(127, 32),
    /** 16,256 steps to each side, in two bytes: closer than half floats are. */
    INT16(127 * 128, 64);

    private final int limit;
    private final int bytes;

    Precision(int limit, int bytes) {
        this.limit = limit;
        this.bytes = bytes;
    }

    /** Return the largest integer. */
    int limit() {
        return limit;
    }

    int scaleAt() {
        return bytes;
    }

    int sumAt() {
        return bytes + 4;
    }

    int correctionAt() {
        return bytes + 8;
    }

    /** Return the bytes of one row in one block. */
    int rowBytes() {
        return bytes + 16;
    }
}
