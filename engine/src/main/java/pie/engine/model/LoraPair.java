package pie.engine.model;

/**
 * Hold what an adapter's file adds to one matrix: scale · B (A x).
 *
 * @param tensor GGUF name of the matrix; rows of queries and keys are in the order of Hugging Face checkpoints
 * @param a [rank, inputs]
 * @param b [outputs, rank]
 */
public record LoraPair(String tensor, int rank, int inputs, int outputs, float scale, float[] a, float[] b) {
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
