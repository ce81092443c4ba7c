package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.ORDER;
import static pie.cpu.kernel.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Gate the feed-forward layer. Source: Shazeer, GLU Variants Improve Transformer, 2020. Twins: {@link Scalar#swiGlu} and
 * {@link Scalar#geGlu}.
 */
public final class Activation {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** -2 sqrt(2 / pi), and 0.044715 of it. */
    static final float GELU_LINE = -1.5957691216f;

    static final float GELU_CUBE = -0.0713548163f;

    private Activation() {}

    /** Write silu(gate) * up, n floats; all offsets in bytes. */
    public static void swiGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
        int whole = n / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            one(y, gate + 4L * i, up + 4L * i, out, to + 4L * i);
        }
        for (int i = whole; i < n; i++) {
            out.set(FLOAT, to + 4L * i, Scalar.swiGlu(y.get(FLOAT, gate + 4L * i), y.get(FLOAT, up + 4L * i)));
        }
    }

    private static void one(MemorySegment y, long gate, long up, MemorySegment out, long to) {
        FloatVector g = load(y, gate);
        g.div(Lanes.exp(g.neg()).add(1f)).mul(load(y, up)).intoMemorySegment(out, to, ORDER);
    }

    /** Write gelu(gate) * up, n floats, with GELU by its tangent formula (Hendrycks and Gimpel, 2016); all offsets in bytes. */
    public static void geGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
        int whole = n / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            gelu(y, gate + 4L * i, up + 4L * i, out, to + 4L * i);
        }
        for (int i = whole; i < n; i++) {
            out.set(FLOAT, to + 4L * i, Scalar.geGlu(y.get(FLOAT, gate + 4L * i), y.get(FLOAT, up + 4L * i)));
        }
    }

    /** x (1 + tanh(u)) / 2 = x / (1 + e^(-2u)). */
    private static void gelu(MemorySegment y, long gate, long up, MemorySegment out, long to) {
        FloatVector g = load(y, gate);
        FloatVector u = g.mul(g).mul(GELU_CUBE).add(GELU_LINE).mul(g);
        g.div(Lanes.exp(u).add(1f)).mul(load(y, up)).intoMemorySegment(out, to, ORDER);
    }
}
