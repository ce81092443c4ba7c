package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;

/** Multiply rows of activations by one or several weight matrices side by side. */
public interface Linear {
    /** Return the floats between two rows of the output. */
    int stride();

    /** Return the first output column of the nth matrix. */
    int offset(int part);

    /**
     * Compute this worker's columns of y = x * w for all rows; every worker of the team must call it with the same arguments, and
     * come to a barrier before the next.
     *
     * @param x f32 [rows, k], dense
     * @param y f32 [rows, stride]
     */
    void run(int worker, MemorySegment x, int rows, MemorySegment y);

    /** Return the bytes of packed weights, all of which a batch reads. */
    long weightBytes();

    /** Return what computes it and how weights are kept, for people. */
    String describe();
}
