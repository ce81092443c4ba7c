package pie.cuda.step;

import java.util.Optional;
import java.util.function.IntFunction;
import pie.cuda.Kernel;
import pie.cuda.model.PackedMatrix;

/** Multiply rows by one matrix; which of the kernels does it depends on the number of rows, the result does not. */
final class Gemm {
    static final int WIDE = 64;
    /** Blocks of 256 threads that a multiprocessor may get before wider ones, which read the weights less often, are faster: measured. */
    private static final int BLOCKS_EACH = 4;

    private final PackedMatrix matrix;
    private final int multiprocessors;
    private final Kernel eight;
    private final Kernel sixteen;
    private final Kernel thirtyTwo;
    private final Kernel wide;
    private final Optional<LibraryGemm> library;

    /**
     * @param kernel of a width: 8, 16, 32 or {@value #WIDE} rows, with its arguments; the first is the address of the number of rows. The widest
     *     may be another of the three where no more rows than 32 come
     */
    Gemm(PackedMatrix matrix, int multiprocessors, IntFunction<Kernel> kernel) {
        this(matrix, multiprocessors, kernel, Optional.empty());
    }

    /** @param library takes many rows instead, where it may */
    Gemm(PackedMatrix matrix, int multiprocessors, IntFunction<Kernel> kernel, Optional<LibraryGemm> library) {
        this.library = library;
        this.matrix = matrix;
        this.multiprocessors = multiprocessors;
        eight = kernel.apply(8);
        sixteen = kernel.apply(16);
        thirtyTwo = kernel.apply(32);
        wide = kernel.apply(WIDE);
    }

    /** Set an argument that is an address. */
    void set(int index, long address) {
        eight.set(index, address);
        sixteen.set(index, address);
        thirtyTwo.set(index, address);
        wide.set(index, address);
    }

    /** Launch every kernel once, for the first rows alone. */
    void touch() {
        eight.launch(1, 1);
        sixteen.launch(1, 1);
        thirtyTwo.launch(1, 1);
        wide.launch(1, 1);
    }

    /** Set the address of the table of adapters: argument {@code index} of the kernels, {@code finish} of what finishes the library's products. */
    void adapt(int index, int finish, long table) {
        set(index, table);
        library.ifPresent(l -> l.set(finish, table));
    }

    /**
     * Launch right after another kernel.
     *
     * @param mayLibrary whether many rows may go to the library, which no recorded launch does
     */
    void launch(int rows, boolean mayLibrary) {
        if (mayLibrary && library.isPresent() && rows >= LibraryGemm.LEAST) {
            library.get().launch(rows);
        } else if (fits(rows, 8)) {
            eight.follow(matrix.tiles(), blocks(rows, 8));
        } else if (fits(rows, 16)) {
            sixteen.follow(matrix.tiles(), blocks(rows, 16));
        } else if (rows <= 32 || matrix.tiles() / 4 * blocks(rows, WIDE) < multiprocessors) {
            thirtyTwo.follow(matrix.tiles(), blocks(rows, 32));
        } else {
            wide.follow(matrix.tiles() / 4, blocks(rows, WIDE));
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
