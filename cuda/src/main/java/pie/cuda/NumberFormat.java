package pie.cuda;

import java.util.Locale;

/** Name the number format of weights, activations, keys and values; sums are f32 in either. */
public enum NumberFormat {
    /** More digits; nothing above 65504. */
    F16 {
        @Override
        public short narrow(float v) {
            return Float.floatToFloat16(v);
        }

        @Override
        public float widen(short bits) {
            return Float.float16ToFloat(bits);
        }

        @Override
        public boolean holds(float v) {
            return Math.abs(v) <= 65504f;
        }
    },
    /** The range of f32. */
    BF16 {
        @Override
        public short narrow(float v) {
            int bits = Float.floatToRawIntBits(v);
            return (short) (Float.isNaN(v) ? 0x7fff : bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
        }

        @Override
        public float widen(short bits) {
            return Float.intBitsToFloat(bits << 16);
        }

        @Override
        public boolean holds(float v) {
            return true;
        }
    };

    /** Round to nearest even. */
    public abstract short narrow(float v);

    public abstract float widen(short bits);

    /** Say whether a weight is in range. */
    public abstract boolean holds(float v);

    /** Return the name used in options and resources, e.g. {@code f16}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
