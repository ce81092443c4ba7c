package pie.cuda.step;

import pie.cuda.Kernel;
import pie.cuda.Kernels;
import pie.cuda.model.PackedMatrix;

/** Multiply rows by one matrix; which of the kernels does it depends on the number of rows, the result does not. */
final class Gemm {
    private static final int WIDE = 64;
    /** Blocks of 256 threads that a multiprocessor may get before wider ones, which read the weights less often, are faster: measured. */
    private static final int BLOCKS_EACH = 4;

    private final PackedMatrix matrix;
    private final int multiprocessors;
    private final Kernel eight;
    private final Kernel sixteen;
    private final Kernel thirtyTwo;
    private final Kernel wide;

    /**
     * @param kind {@code store}, {@code add}, {@code swiglu}
     * @param count address of the number of rows
     * @param x address of rows, {@link PackedMatrix#stride} apart
     */
    Gemm(
            Kernels kernels,
            String kind,
            PackedMatrix matrix,
            int multiprocessors,
            long count,
            long x,
            long out,
            int outStride) {
        this.matrix = matrix;
        this.multiprocessors = multiprocessors;
        Object[] arguments = {
            count,
            matrix.address(),
            x,
            PackedMatrix.stride(matrix.inputs()),
            matrix.columnTiles(),
            matrix.outputs(),
            out,
            outStride
        };
        eight = kernels.gemm(kind, 8).with(arguments);
        sixteen = kernels.gemm(kind, 16).with(arguments);
        thirtyTwo = kernels.gemm(kind, 32).with(arguments);
        wide = kernels.gemm(kind, WIDE).with(arguments);
    }

    /** Take the number of rows from another address. */
    void count(long address) {
        eight.set(0, address);
        sixteen.set(0, address);
        thirtyTwo.set(0, address);
        wide.set(0, address);
    }

    /** Launch every kernel once, for the first rows alone. */
    void touch() {
        eight.launch(1, 1);
        sixteen.launch(1, 1);
        thirtyTwo.launch(1, 1);
        wide.launch(1, 1);
    }

    void launch(int rows) {
        if (fits(rows, 8)) {
            eight.launch(matrix.tiles(), blocks(rows, 8));
        } else if (fits(rows, 16)) {
            sixteen.launch(matrix.tiles(), blocks(rows, 16));
        } else if (rows <= 32 || matrix.tiles() / 4 * blocks(rows, WIDE) < multiprocessors) {
            thirtyTwo.launch(matrix.tiles(), blocks(rows, 32));
        } else {
            wide.launch(matrix.tiles() / 4, blocks(rows, WIDE));
        }
    }

    private boolean fits(int rows, int width) {
        int blocks = blocks(rows, width);
        return blocks == 1 || matrix.tiles() * blocks <= BLOCKS_EACH * multiprocessors;
    }

    private static int blocks(int rows, int width) {
        return (rows + width - 1) / width;
    }
}
