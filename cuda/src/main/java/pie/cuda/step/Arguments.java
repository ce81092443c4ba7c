package pie.cuda.step;

import java.util.ArrayList;
import java.util.List;
import pie.cuda.Kernel;
import pie.cuda.model.PackedMatrix;

/** Put the arguments of products together: groups that all kernels of a kind have in the same order. */
final class Arguments {
    /** Index of the table of adapters where rows are plain nums and nothing stands between. */
    static final int PLAIN_TABLE = 8;

    static final int ADD_TABLE = 10;
    static final int NORMED_TABLE = 12;
    static final int FINISH_TABLE = 6;
    static final int FINISH_ADD_TABLE = 8;

    private final List<Object> all = new ArrayList<>();

    /** Begin with the number of rows and the matrix. */
    Arguments(long count, PackedMatrix matrix) {
        add(count, matrix.address(), matrix.columnTiles(), matrix.outputs());
    }

    /** Begin with the number of rows and the products of a library. */
    static Arguments products(long count, long products, PackedMatrix matrix) {
        Arguments arguments = new Arguments();
        return arguments.add(count, products, matrix.rows(), matrix.outputs());
    }

    private Arguments() {}

    Arguments add(Object... more) {
        all.addAll(List.of(more));
        return this;
    }

    Kernel of(Kernel kernel) {
        return kernel.with(all.toArray());
    }
}
