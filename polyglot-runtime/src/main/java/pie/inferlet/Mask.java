package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import pie.engine.PieException;

/**
 * Choose token ids or slots: run lengths that start with a, possibly empty, false run; true = attend or allow; false after the last
 * run. No runs at all = no restriction, where a mask is attached. Immutable.
 */
public final class Mask {
    private final int[] runs;

    private Mask(int[] runs) {
        this.runs = runs;
    }

    /** Choose 0..n. */
    public static Mask all(int n) {
        return range(0, n);
    }

    /** Choose nothing of 0..n. */
    public static Mask none(int n) {
        return new Mask(new int[] {natural(n, "n")});
    }

    /** Choose a..b, b excluded. */
    public static Mask range(int a, int b) {
        natural(a, "a");
        return b <= a ? none(a) : new Mask(new int[] {a, b - a});
    }

    /** Choose the union of half-open ranges, which may overlap. */
    public static Mask ranges(List<int[]> ranges) {
        var bits = new BitSet();
        for (int[] r : ranges) {
            if (r.length != 2 || r[0] < 0 || r[1] < r[0]) {
                throw PieException.invalid("ranges: each must be (a, b) with 0 <= a <= b, got " + Arrays.toString(r));
            }
            bits.set(r[0], r[1]);
        }
        return of(bits);
    }

    public static Mask ids(int... ids) {
        var bits = new BitSet();
        for (int id : ids) {
            bits.set(natural(id, "id"));
        }
        return of(bits);
    }

    public static Mask fromBrle(int... runs) {
        long total = 0;
        for (int run : runs) {
            total += natural(run, "run length");
        }
        if (total > Integer.MAX_VALUE) {
            throw PieException.invalid("brle: the run lengths must sum to at most " + Integer.MAX_VALUE);
        }
        return new Mask(runs.clone());
    }

    /** Choose the last w of n. */
    public static Mask window(int n, int w) {
        return range(Math.max(0, n - natural(w, "w")), natural(n, "n"));
    }

    /** Choose the first s and the last w of n. */
    public static Mask sink(int n, int s, int w) {
        return range(0, Math.min(natural(s, "s"), n)).or(window(n, w));
    }

    /** Return {@code f(start) … f(start + count - 1)}. */
    public static List<Mask> rows(int start, int count, IntFunction<Mask> f) {
        return IntStream.range(start, start + count).mapToObj(f).toList();
    }

    public Mask and(Mask other) {
        BitSet bits = bits();
        bits.and(other.bits());
        return of(bits);
    }

    public Mask or(Mask other) {
        BitSet bits = bits();
        bits.or(other.bits());
        return of(bits);
    }

    /** Choose what of 0..n is not chosen. */
    public Mask not(int n) {
        BitSet bits = bits();
        bits.flip(0, natural(n, "n"));
        bits.clear(n, Math.max(n, bits.length()));
        return of(bits);
    }

    /** Return how many are chosen. */
    public int count() {
        int count = 0;
        for (int i = 1; i < runs.length; i += 2) {
            count += runs[i];
        }
        return count;
    }

    public boolean contains(int index) {
        int end = 0;
        for (int i = 0; i < runs.length; i++) {
            end += runs[i];
            if (index < end) {
                return i % 2 == 1 && index >= 0;
            }
        }
        return false;
    }

    /** Return the run lengths. */
    public int[] toBrle() {
        return runs.clone();
    }

    /** Return the run lengths over 0..n: cut at n, and closed with a false run. */
    public int[] toBrle(int n) {
        BitSet bits = bits();
        bits.clear(natural(n, "n"), Math.max(n, bits.length()));
        int[] cut = of(bits).runs;
        int total = Arrays.stream(cut).sum();
        if (total == n) {
            return cut;
        }
        int[] closed = Arrays.copyOf(cut, cut.length + (cut.length % 2 == 0 ? 1 : 0));
        closed[closed.length - 1] += n - total;
        return closed;
    }

    /** Say whether the mask has no runs and so restricts nothing. */
    public boolean unrestricted() {
        return runs.length == 0;
    }

    int[] indices() {
        return bits().stream().toArray();
    }

    /** Return bit words long enough for n bits; bits from n on are left out. */
    long[] words(int n) {
        BitSet bits = bits();
        if (bits.length() > n) {
            bits.clear(n, bits.length());
        }
        return Arrays.copyOf(bits.toLongArray(), (n + 63) >>> 6);
    }

    private BitSet bits() {
        var bits = new BitSet();
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            if (i % 2 == 1) {
                bits.set(at, at + runs[i]);
            }
            at += runs[i];
        }
        return bits;
    }

    static Mask of(BitSet bits) {
        var runs = new ArrayList<Integer>();
        int at = 0;
        while (true) {
            int from = bits.nextSetBit(at);
            if (from < 0) {
                break;
            }
            int to = bits.nextClearBit(from);
            runs.add(from - at);
            runs.add(to - from);
            at = to;
        }
        return runs.isEmpty()
                ? new Mask(new int[] {0})
                : new Mask(runs.stream().mapToInt(Integer::intValue).toArray());
    }

    private static int natural(int value, String name) {
        if (value < 0) {
            throw PieException.invalid(name + " must be >= 0, got " + value);
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask m && Arrays.equals(runs, m.runs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(runs);
    }

    @Override
    public String toString() {
        return "Mask" + Arrays.toString(runs);
    }
}
