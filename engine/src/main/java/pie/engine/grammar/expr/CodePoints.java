package pie.engine.grammar.expr;

import java.util.Arrays;

/** Hold an immutable set of Unicode scalar values as sorted, disjoint, non-adjacent ranges. Surrogates are never members. */
public final class CodePoints {
    public static final int LAST = 0x10ffff;
    private static final int[] SURROGATES = {0xd800, 0xdfff};
    public static final CodePoints NONE = new CodePoints(new int[0]);
    public static final CodePoints ALL = new CodePoints(new int[] {0, 0xd7ff, 0xe000, LAST});

    /** Inclusive bounds: low, high, low, high … */
    private final int[] bounds;

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    /** Return the scalar values of an inclusive range; it may be empty. */
    public static CodePoints range(int low, int high) {
        return low > high ? NONE : new CodePoints(without(new int[] {low, high}, SURROGATES));
    }

    /** Return the set of inclusive ranges given as low, high pairs in any order. */
    public static CodePoints ranges(int... pairs) {
        CodePoints all = NONE;
        for (int i = 0; i < pairs.length; i += 2) {
            all = all.union(range(pairs[i], pairs[i + 1]));
        }
        return all;
    }

    public static CodePoints anyOf(String characters) {
        return characters.codePoints().mapToObj(CodePoints::of).reduce(NONE, CodePoints::union);
    }

    public int rangeCount() {
        return bounds.length / 2;
    }

    public int low(int range) {
        return bounds[2 * range];
    }

    public int high(int range) {
        return bounds[2 * range + 1];
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    public boolean contains(int codePoint) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (codePoint <= bounds[i + 1]) {
                return codePoint >= bounds[i];
            }
        }
        return false;
    }

    public CodePoints union(CodePoints other) {
        if (isEmpty()) {
            return other;
        }
        if (other.isEmpty()) {
            return this;
        }
        int[] merged = new int[bounds.length + other.bounds.length];
        int size = 0;
        int a = 0;
        int b = 0;
        while (a < bounds.length || b < other.bounds.length) {
            boolean mine = b >= other.bounds.length || (a < bounds.length && bounds[a] <= other.bounds[b]);
            int low = mine ? bounds[a] : other.bounds[b];
            int high = mine ? bounds[a + 1] : other.bounds[b + 1];
            if (mine) {
                a += 2;
            } else {
                b += 2;
            }
            if (size > 0 && low <= merged[size - 1] + 1) {
                merged[size - 1] = Math.max(merged[size - 1], high);
            } else {
                merged[size++] = low;
                merged[size++] = high;
            }
        }
        return new CodePoints(Arrays.copyOf(merged, size));
    }

    public CodePoints minus(CodePoints other) {
        return new CodePoints(without(bounds, other.bounds));
    }

    public CodePoints complement() {
        return ALL.minus(this);
    }

    private static int[] without(int[] from, int[] cut) {
        int[] kept = new int[from.length + cut.length + 2];
        int size = 0;
        for (int i = 0; i < from.length; i += 2) {
            int low = from[i];
            for (int j = 0; j < cut.length && low <= from[i + 1]; j += 2) {
                if (cut[j + 1] < low || cut[j] > from[i + 1]) {
                    continue;
                }
                if (cut[j] > low) {
                    kept[size++] = low;
                    kept[size++] = cut[j] - 1;
                }
                low = cut[j + 1] + 1;
            }
            if (low <= from[i + 1]) {
                kept[size++] = low;
                kept[size++] = from[i + 1];
            }
        }
        return Arrays.copyOf(kept, size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < bounds.length; i += 2) {
            text.append(String.format("\\u{%x}", bounds[i]));
            if (bounds[i + 1] > bounds[i]) {
                text.append(String.format("-\\u{%x}", bounds[i + 1]));
            }
        }
        return text.append(']').toString();
    }
}
