package pie.cuda.model;

import java.util.List;
import pie.engine.model.Tensor;

/** Say which row of which tensor is row i of a packed matrix. */
sealed interface RowOrder {
    /** Write the row's values; returns false if there is none and zeros stand there. */
    boolean read(int row, Source source);

    int rows();

    int columns();

    /** Take one row. */
    interface Source {
        void row(Tensor tensor, int row);
    }

    /**
     * One part of stacked rows.
     *
     * @param headDim rows of one head whose first {@code rotaryDim} are rotated; 0 for none. Each tile gets eight rows of the first half and
     *     the eight that they are rotated with
     * @param interleaved whether the tensor has such pairs side by side, not half a rotation apart
     */
    record Part(Tensor tensor, int headDim, int rotaryDim, boolean interleaved) {
        private static final int EIGHT = PackedMatrix.TILE_ROWS / 2;

        int source(int row) {
            if (headDim == 0) {
                return row;
            }
            int head = row / headDim * headDim;
            int i = row - head;
            if (i >= rotaryDim) {
                return row;
            }
            int pair = i / PackedMatrix.TILE_ROWS * EIGHT + i % EIGHT;
            boolean second = i % PackedMatrix.TILE_ROWS >= EIGHT;
            if (interleaved) {
                return head + 2 * pair + (second ? 1 : 0);
            }
            return head + pair + (second ? rotaryDim / 2 : 0);
        }

        /** Return the packed row of a row of a head whose rotated rows are in two halves. */
        static int tiled(int row, int rotaryDim) {
            int half = rotaryDim / 2;
            if (row >= rotaryDim) {
                return row;
            }
            int pair = row % half;
            return pair / EIGHT * PackedMatrix.TILE_ROWS + pair % EIGHT + (row < half ? 0 : EIGHT);
        }
    }

    /** Parts one below the other. */
    record Stacked(List<Part> parts) implements RowOrder {
        @Override
        public int rows() {
            return parts.stream().mapToInt(p -> p.tensor().rows()).sum();
        }

        @Override
        public int columns() {
            return parts.getFirst().tensor().columns();
        }

        @Override
        public boolean read(int row, Source source) {
            int at = row;
            for (Part part : parts) {
                if (at < part.tensor().rows()) {
                    source.row(part.tensor(), part.source(at));
                    return true;
                }
                at -= part.tensor().rows();
            }
            return false;
        }
    }

    /** Eight rows of gates, then the eight rows of ups of the same outputs, and so on: both of an output meet in one thread. */
    record Gated(Tensor gate, Tensor up) implements RowOrder {
        private static final int HALF = PackedMatrix.TILE_ROWS / 2;

        @Override
        public int rows() {
            return (gate.rows() + HALF - 1) / HALF * PackedMatrix.TILE_ROWS;
        }

        @Override
        public int columns() {
            return gate.columns();
        }

        @Override
        public boolean read(int row, Source source) {
            int output = row / PackedMatrix.TILE_ROWS * HALF + row % HALF;
            if (output >= gate.rows()) {
                return false;
            }
            source.row(row % PackedMatrix.TILE_ROWS < HALF ? gate : up, output);
            return true;
        }
    }
}
