package pie.cuda.step;

import pie.cuda.Kernel;
import pie.cuda.Kernels;
import pie.cuda.model.PackedMatrix;

/** Multiply rows by one matrix; which of the kernels does it depends on the number of rows, the result does not. */
final class Gemm {
    private static final int WIDE = 64;

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

    void launch(int rows) {
        int wideBlocks = matrix.tiles() / 4 * blocks(rows, WIDE);
        if (rows <= 8) {
            eight.launch(matrix.tiles(), 1);
        } else if (rows <= 16) {
            sixteen.launch(matrix.tiles(), 1);
        } else if (rows <= 32 || wideBlocks < multiprocessors) {
            thirtyTwo.launch(matrix.tiles(), blocks(rows, 32));
        } else {
            wide.launch(matrix.tiles() / 4, blocks(rows, WIDE));
        }
    }

    private static int blocks(int rows, int width) {
        return (rows + width - 1) / width;
    }
}
