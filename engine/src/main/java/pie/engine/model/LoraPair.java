package pie.engine.model;

import pie.engine.PieException;

/**
 * Hold what an adapter adds to one matrix: scale · B (A x).
 *
 * @param tensor name of the matrix as in {@link ModelFiles}, e.g. {@code blk.3.attn_q.weight}; rows of queries and keys are in the order of
 *     Hugging Face checkpoints: the two halves of a head are rotated together
 * @param inputs columns of the matrix
 * @param outputs rows of the matrix
 * @param a [rank, inputs]
 * @param b [outputs, rank]
 */
public record LoraPair(String tensor, int rank, int inputs, int outputs, float scale, float[] a, float[] b) {
    /** @throws PieException INVALID_ARGUMENT for numbers that are not as many as the shapes say */
    public LoraPair {
        if (rank < 1 || a.length != (long) rank * inputs || b.length != (long) outputs * rank) {
            throw PieException.invalid("adapter of " + tensor + ": A has " + a.length + " and B " + b.length
                    + " numbers, which is not " + rank + " x " + inputs + " and " + outputs + " x " + rank);
        }
    }

    /** Return one of the same matrix with other numbers. */
    public LoraPair with(float[] otherA, float[] otherB) {
        return new LoraPair(tensor, rank, inputs, outputs, scale, otherA, otherB);
    }

    /** Return how many numbers there are in A and B. */
    public long size() {
        return (long) a.length + b.length;
    }

    /** Make the pair of two tensors of a file, whose names and numbers are copied. */
    static LoraPair of(String tensor, Tensor a, Tensor b, float scale) {
        return new LoraPair(tensor, a.rows(), a.columns(), b.rows(), scale, floats(a), floats(b));
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[tensor.rows() * tensor.columns()];
        Dequantizer.rows(tensor, 0, tensor.rows(), values, 0);
        return values;
    }
}
