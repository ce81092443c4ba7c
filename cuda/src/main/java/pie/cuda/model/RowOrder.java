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
     * @param headDim rows of one head whose first {@code rotaryDim} are put from pairs side by side into two halves; 0 for none
     */
    record Part(Tensor tensor, int headDim, int rotaryDim) {
        int source(int row) {
            if (headDim == 0) {
                return row;
            }
            int head = row / headDim * headDim;
            int i = row - head;
            int half = rotaryDim / 2;
            if (i < half) {
                return head + 2 * i;
            }
            return i < rotaryDim ? head + 2 * (i - half) + 1 : row;
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
