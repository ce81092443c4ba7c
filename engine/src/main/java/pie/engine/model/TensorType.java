package pie.engine.model;

/**
 * Name the element types of stored tensors with their blocks.
 *
 * <p>Source: the GGUF format's type numbers; K-quants and IQ4_XS hold 256 values a block, the others 32.
 */
public enum TensorType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    IQ4_NL(20, 32, 18),
    IQ4_XS(23, 256, 136),
    BF16(30, 1, 2),
    MXFP4(39, 32, 17);

    private final int ggufId;
    private final int blockSize;
    private final int blockBytes;

    TensorType(int ggufId, int blockSize, int blockBytes) {
        this.ggufId = ggufId;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    public int ggufId() {
        return ggufId;
    }

    /** Return the values of one block. */
    public int blockSize() {
        return blockSize;
    }

    public int blockBytes() {
        return blockBytes;
    }

    public long bytes(long values) {
        return values / blockSize * blockBytes;
    }
}
