package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Multiply one or two rows by a strip with the faster of two kernels that give the same bits, for one worker and one form of weights.
 *
 * <p>{@link SingleRow} is the faster one, once C2 has compiled it. {@link Matmul} has been compiled by the time that the first prompt is
 * through, and an interpreted kernel takes a hundred times its time. So the first strips go to Matmul, and SingleRow gets a share of the
 * time until it has caught up.
 */
final class FewRows {
    /** Part of the time that goes to a kernel that is not fast yet: a short run loses little, and a long one gains it soon. */
    private static final double SHARE = 0.25;
    /** Strips of Matmul, about a step's, before its time is believed. */
    private static final int SAMPLES = 2000;

    private boolean caughtUp;
    private long spent;
    private long spentOnTrials;
    private int strips;
    /** Least nanoseconds of Matmul for one block of one panel. */
    private double usual = Double.MAX_VALUE;

    /** @param gradual begin with Matmul; else SingleRow takes all, fast or not */
    FewRows(boolean gradual) {
        caughtUp = !gradual;
    }

    void strip(
            PackedMatrix m, int panel, Inputs in, int rows, Matmul.Room room, MemorySegment ys, long y, long yStride) {
        if (caughtUp) {
            single(m, panel, in, rows, room, ys, y, yStride);
            return;
        }
        boolean trial = spentOnTrials < SHARE * spent;
        long start = System.nanoTime();
        if (trial) {
            single(m, panel, in, rows, room, ys, y, yStride);
        } else {
            Matmul.strip(m, panel, in, rows, room, ys, y, yStride);
        }
        long nanos = System.nanoTime() - start;
        double each = (double) nanos / rows / m.width(panel) / WeightFormat.blocks(m.k);
        spent += nanos;
        if (trial) {
            spentOnTrials += nanos;
            caughtUp = strips >= SAMPLES && each < usual;
        } else {
            strips++;
            usual = Math.min(usual, each);
        }
    }

    private static void single(
            PackedMatrix m, int panel, Inputs in, int rows, Matmul.Room room, MemorySegment ys, long y, long yStride) {
        for (int row = 0; row < rows; row++) {
            SingleRow.strip(m, panel, in, row, room.single, ys, y + row * yStride);
        }
    }
}
