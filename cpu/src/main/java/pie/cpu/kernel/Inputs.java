package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.load;
import static pie.cpu.kernel.WeightFormat.BLOCK;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Hold rows of activations as the kernels of one width of integer weights (or of float weights) read them, filled up with zeros to
 * whole blocks.
 *
 * <pre>
 * bits   value              start of a block's sum: what the stored integers lack or have too much
 * 0      x                  0
 * 4      x / 16^(i % 8)     8 * sum of x where i % 8 = 7
 * 8      x / 256^(i % 4)    -128 * sum of x where i % 4 is not 3
 * </pre>
 */
final class Inputs {
    private static final float[] ONES = places(0);
    private static final float[] NIBBLES = places(4);
    private static final float[] BYTES = places(8);

    private final int bits;
    private final float[] places;

    float[] values = new float[0];
    /** Sum of each block, for the minimum of its weights. */
    float[] sums = new float[0];

    float[] starts = new float[0];

    Inputs(int bits) {
        this.bits = bits;
        places = switch (bits) {
            case 4 -> NIBBLES;
            case 8 -> BYTES;
            default -> ONES;
        };
    }

    private static float[] places(int bits) {
        float[] places = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            places[i] = bits == 0 ? 1 : Math.scalb(1f, -bits * (i % (32 / bits)));
        }
        return places;
    }

    /** Make room for rows of k. */
    void reserve(int rows, int k) {
        int blocks = rows * WeightFormat.blocks(k);
        if (sums.length < blocks) {
            values = new float[blocks * BLOCK];
            sums = new float[blocks];
            starts = new float[blocks];
        }
    }

    /**
     * Take rows [from, to).
     *
     * @param x f32 [rows, k], dense
     * @param lanes scratch of {@link Lanes#COUNT} floats
     */
    void fill(MemorySegment x, int k, int from, int to, float[] lanes) {
        int blocks = WeightFormat.blocks(k);
        for (int row = from; row < to; row++) {
            for (int b = 0; b < blocks; b++) {
                long at = 4L * row * k + 4L * b * BLOCK;
                int block = row * blocks + b;
                if ((b + 1) * BLOCK <= k) {
                    scale(x, at, block, lanes);
                } else {
                    MemorySegment last = MemorySegment.ofArray(new float[BLOCK]);
                    MemorySegment.copy(x, at, last, 0, 4L * (k - b * BLOCK));
                    scale(last, 0, block, lanes);
                }
                if (bits > 0) {
                    sum(block, lanes);
                }
            }
        }
    }

    private void scale(MemorySegment x, long at, int block, float[] lanes) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < BLOCK; i += COUNT) {
            FloatVector v = load(x, at + 4L * i);
            sum = sum.add(v);
            v.mul(FloatVector.fromArray(F, places, 0)).intoArray(values, block * BLOCK + i);
        }
        sum.intoArray(lanes, 0);
    }

    private void sum(int block, float[] lanes) {
        float highest = 0;
        int each = 32 / bits;
        for (int i = each - 1; i < COUNT; i += each) {
            highest += lanes[i];
        }
        float sum = Scalar.tree(lanes, COUNT);
        sums[block] = sum;
        starts[block] = bits == 4 ? 8 * highest : -128 * (sum - highest);
    }
}
