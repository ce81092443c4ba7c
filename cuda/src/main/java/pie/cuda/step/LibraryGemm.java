package pie.cuda.step;

import pie.cuda.CuBlas;
import pie.cuda.Kernel;
import pie.cuda.model.PackedMatrix;

/** Multiply many rows by one matrix with cuBLAS, and finish them with a kernel. */
final class LibraryGemm {
    /** Least rows that the library gets. */
    static final int LEAST = 48;

    private final CuBlas library;
    private final PackedMatrix matrix;
    private final long x;
    private final long products;
    private final Kernel finish;

    /**
     * @param x rows, {@link PackedMatrix#stride} apart
     * @param products room for products, f32 [rows, packed rows]
     */
    LibraryGemm(CuBlas library, PackedMatrix matrix, long x, long products, Kernel finish) {
        this.library = library;
        this.matrix = matrix;
        this.x = x;
        this.products = products;
        this.finish = finish;
    }

    void set(int index, long address) {
        finish.set(index, address);
    }

    void launch(int rows) {
        library.multiply(matrix.plain(), matrix.rows(), PackedMatrix.stride(matrix.inputs()), x, rows, products);
        finish.follow(rows, 1);
    }
}
