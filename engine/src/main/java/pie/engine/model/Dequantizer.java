package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Turn rows of stored tensors into 32-bit floats. Has no state: any number of threads may work on one tensor.
 *
 * <p>Each type is decoded in the order of operations of ggml's reference ({@code dequantize_row_*} in ggml-quants.c), so
 * results agree with it bit for bit.
 */
public final class Dequantizer {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());

    private Dequantizer() {}

    /** Return one row, {@code columns} floats. */
    public static float[] row(Tensor tensor, int row) {
        float[] values = new float[tensor.columns()];
        rows(tensor, row, 1, values, 0);
        return values;
    }

    /**
     * Write rows {@code [firstRow, firstRow + count)}, row-major, to {@code out[outOffset …]}.
     *
     * @throws IndexOutOfBoundsException if the tensor lacks the rows or {@code out} the room
     */
    public static void rows(Tensor tensor, int firstRow, int count, float[] out, int outOffset) {
        check(tensor, firstRow, count);
        int rowBytes = rowBytes(tensor);
        byte[] packed = new byte[rowBytes];
        for (int i = 0; i < count; i++) {
            row(tensor, firstRow + i, packed, out, outOffset + i * tensor.columns());
        }
    }

    /** Write rows {@code [firstRow, firstRow + count)}, row-major native f32, to {@code out} from {@code byteOffset} on. */
    public static void rows(Tensor tensor, int firstRow, int count, MemorySegment out, long byteOffset) {
        check(tensor, firstRow, count);
        int columns = tensor.columns();
        byte[] packed = new byte[rowBytes(tensor)];
        float[] values = new float[columns];
        for (int i = 0; i < count; i++) {
            row(tensor, firstRow + i, packed, values, 0);
            MemorySegment.copy(values, 0, out, FLOAT, byteOffset + 4L * columns * i, columns);
        }
    }

    private static void check(Tensor tensor, int firstRow, int count) {
        Objects.checkFromIndexSize(firstRow, count, tensor.rows());
    }

    private static int rowBytes(Tensor tensor) {
        return Math.toIntExact(tensor.type().bytes(tensor.columns()));
    }

    private static void row(Tensor tensor, int row, byte[] packed, float[] out, int at) {
        MemorySegment.copy(tensor.data(), ValueLayout.JAVA_BYTE, (long) row * packed.length, packed, 0, packed.length);
        int blocks = tensor.columns() / tensor.type().blockSize();
        switch (tensor.type()) {
            case F32 -> f32(packed, blocks, out, at);
            case F16 -> f16(packed, blocks, out, at);
            case BF16 -> bf16(packed, blocks, out, at);
            case Q4_0 -> LegacyQuants.q40(packed, blocks, out, at);
            case Q4_1 -> LegacyQuants.q41(packed, blocks, out, at);
            case Q8_0 -> LegacyQuants.q80(packed, blocks, out, at);
            case Q2_K -> KQuants.q2(packed, blocks, out, at);
            case Q4_K -> KQuants.q4(packed, blocks, out, at);
            case Q3_K, Q5_0, Q5_1, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 ->
                integers(tensor.type(), packed, blocks).floats(out, at);
        }
    }

    /**
     * Return one row as the integers that it is stored by, of a type whose integers are turned to 8 bits here: Q3_K, Q5_0, Q5_1, Q5_K,
     * Q6_K, IQ4_NL, IQ4_XS or MXFP4.
     *
     * @throws IllegalArgumentException if the tensor is of another type
     */
    public static IntegerWeights integers(Tensor tensor, int row) {
        check(tensor, row, 1);
        byte[] packed = new byte[rowBytes(tensor)];
        MemorySegment.copy(tensor.data(), ValueLayout.JAVA_BYTE, (long) row * packed.length, packed, 0, packed.length);
        return integers(tensor.type(), packed, tensor.columns() / tensor.type().blockSize());
    }

    private static IntegerWeights integers(TensorType type, byte[] packed, int blocks) {
        boolean minima = type == TensorType.Q5_1 || type == TensorType.Q5_K;
        var row = IntegerWeights.of(blocks * type.blockSize(), minima);
        switch (type) {
            case Q3_K -> KQuants.q3(packed, blocks, row);
            case Q5_0 -> LegacyQuants.q50(packed, blocks, row);
            case Q5_1 -> LegacyQuants.q51(packed, blocks, row);
            case Q5_K -> KQuants.q5(packed, blocks, row);
            case Q6_K -> KQuants.q6(packed, blocks, row);
            case IQ4_NL -> TableQuants.iq4Nl(packed, blocks, row);
            case IQ4_XS -> TableQuants.iq4Xs(packed, blocks, row);
            case MXFP4 -> TableQuants.mxfp4(packed, blocks, row);
            case F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q2_K, Q4_K ->
                throw new IllegalArgumentException(type + " is not turned to integers of 8 bits");
        }
        return row;
    }

    private static void f32(byte[] packed, int count, float[] out, int at) {
        MemorySegment source = MemorySegment.ofArray(packed);
        for (int i = 0; i < count; i++) {
            out[at + i] = Float.intBitsToFloat(source.get(INT, 4L * i));
        }
    }

    private static void f16(byte[] packed, int count, float[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = half(packed, 2 * i);
        }
    }

    private static void bf16(byte[] packed, int count, float[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = Float.intBitsToFloat((packed[2 * i] & 0xff) << 16 | packed[2 * i + 1] << 24);
        }
    }

    /** Return the IEEE half float at a byte index. */
    static float half(byte[] packed, int index) {
        return Float.float16ToFloat((short) (packed[index] & 0xff | packed[index + 1] << 8));
    }
}
