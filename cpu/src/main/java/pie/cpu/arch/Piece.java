package pie.cpu.arch;

import pie.engine.model.Tensor;

/**
 * Name a tensor and the order in which its rows become columns of a matmul.
 *
 * @param headDim rows of one head whose first {@code rotaryDim} are reordered from pairs side by side to two halves; 0 for none
 */
public record Piece(Tensor tensor, int headDim, int rotaryDim) {
    /** Return the tensor's row that stands at output column {@code column}. */
    int source(int column) {
        if (headDim == 0) {
            return column;
        }
        int head = column / headDim * headDim;
        int i = column - head;
        int half = rotaryDim / 2;
        if (i < half) {
            return head + 2 * i;
        }
        return i < rotaryDim ? head + 2 * (i - half) + 1 : column;
    }
}
