package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Do what a step does to single numbers, between its matmuls. Both kinds give the same bits. Vectors are the faster ones once C2 has
 * compiled them, and hundreds of times slower before; plain loops are fast almost at once. All offsets are in bytes, all values f32.
 */
public enum Elements {
    /** By {@link Norm}, {@link Rope}, {@link Activation} and {@link Argmax}. */
    VECTOR {
        @Override
        public void rms(
                MemorySegment x, long at, float[] weight, float epsilon, MemorySegment out, long to, float[] room) {
            Norm.rms(x, at, weight, epsilon, out, to, room);
        }

        @Override
        public void add(MemorySegment x, long at, MemorySegment y, long from, int n) {
            Norm.add(x, at, y, from, n);
        }

        @Override
        public void add(MemorySegment x, long at, float[] y) {
            Norm.add(x, at, y);
        }

        @Override
        public void multiply(MemorySegment x, long at, float by, int n) {
            Norm.multiply(x, at, by, n);
        }

        @Override
        public void rotate(MemorySegment y, long at, float[] cos, float[] sin, int angles, int half) {
            Rope.rotate(y, at, cos, sin, angles, half);
        }

        @Override
        public void swiGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
            Activation.swiGlu(y, gate, up, out, to, n);
        }

        @Override
        public void geGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
            Activation.geGlu(y, gate, up, out, to, n);
        }

        @Override
        public int argmax(MemorySegment x, long at, int n) {
            return Argmax.first(x, at, n);
        }
    },

    /** By loops over one number at a time, which add in the order of {@link #VECTOR}. */
    PLAIN {
        @Override
        public void rms(
                MemorySegment x, long at, float[] weight, float epsilon, MemorySegment out, long to, float[] room) {
            int n = weight.length;
            int lanes = Lanes.COUNT;
            int whole = n / lanes * lanes;
            for (int lane = 0; lane < lanes; lane++) {
                room[lane] = 0;
            }
            for (int i = 0; i < whole; i += lanes) {
                for (int lane = 0; lane < lanes; lane++) {
                    float v = x.get(FLOAT, at + 4L * (i + lane));
                    room[lane] = Math.fma(v, v, room[lane]);
                }
            }
            float sum = Scalar.tree(room, lanes);
            for (int i = whole; i < n; i++) {
                float v = x.get(FLOAT, at + 4L * i);
                sum = Math.fma(v, v, sum);
            }
            float scale = (float) (1 / Math.sqrt(sum / n + epsilon));
            for (int i = 0; i < n; i++) {
                out.set(FLOAT, to + 4L * i, x.get(FLOAT, at + 4L * i) * scale * weight[i]);
            }
        }

        @Override
        public void add(MemorySegment x, long at, MemorySegment y, long from, int n) {
            for (int i = 0; i < n; i++) {
                x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) + y.get(FLOAT, from + 4L * i));
            }
        }

        @Override
        public void add(MemorySegment x, long at, float[] y) {
            for (int i = 0; i < y.length; i++) {
                x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) + y[i]);
            }
        }

        @Override
        public void multiply(MemorySegment x, long at, float by, int n) {
            for (int i = 0; i < n; i++) {
                x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) * by);
            }
        }

        @Override
        public void rotate(MemorySegment y, long at, float[] cos, float[] sin, int angles, int half) {
            long high = at + 4L * half;
            for (int i = 0; i < half; i++) {
                float u = y.get(FLOAT, at + 4L * i);
                float v = y.get(FLOAT, high + 4L * i);
                y.set(FLOAT, at + 4L * i, u * cos[angles + i] - v * sin[angles + i]);
                y.set(FLOAT, high + 4L * i, v * cos[angles + i] + u * sin[angles + i]);
            }
        }

        @Override
        public void swiGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
            for (int i = 0; i < n; i++) {
                out.set(FLOAT, to + 4L * i, Scalar.swiGlu(y.get(FLOAT, gate + 4L * i), y.get(FLOAT, up + 4L * i)));
            }
        }

        @Override
        public void geGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n) {
            for (int i = 0; i < n; i++) {
                out.set(FLOAT, to + 4L * i, Scalar.geGlu(y.get(FLOAT, gate + 4L * i), y.get(FLOAT, up + 4L * i)));
            }
        }

        @Override
        public int argmax(MemorySegment x, long at, int n) {
            float best = Float.NEGATIVE_INFINITY;
            int place = -1;
            for (int i = 0; i < n; i++) {
                float v = x.get(FLOAT, at + 4L * i);
                if (!(v < Float.POSITIVE_INFINITY)) {
                    return -1;
                }
                if (v > best) {
                    best = v;
                    place = i;
                }
            }
            return place;
        }
    };

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Write x / rms(x) * weight; {@code room} takes {@link Lanes#COUNT} floats. */
    public abstract void rms(
            MemorySegment x, long at, float[] weight, float epsilon, MemorySegment out, long to, float[] room);

    /** Add y to x in place, n floats. */
    public abstract void add(MemorySegment x, long at, MemorySegment y, long from, int n);

    /** Add y to x in place. */
    public abstract void add(MemorySegment x, long at, float[] y);

    /** Multiply x in place, n floats. */
    public abstract void multiply(MemorySegment x, long at, float by, int n);

    /** Rotate one head in place by the angles whose cosines and sines begin at {@code angles}. */
    public abstract void rotate(MemorySegment y, long at, float[] cos, float[] sin, int angles, int half);

    /** Write silu(gate) * up, n floats. */
    public abstract void swiGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n);

    /** Write gelu(gate) * up, n floats. */
    public abstract void geGlu(MemorySegment y, long gate, long up, MemorySegment out, long to, int n);

    /** Return the index of the first largest of n floats, or -1 if one is NaN or plus infinity, or none is finite. */
    public abstract int argmax(MemorySegment x, long at, int n);
}
