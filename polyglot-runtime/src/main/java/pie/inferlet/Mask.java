package pie.inferlet;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Choose token ids or slots: run lengths that start with a, possibly empty, false run; true = attend or allow; false after the last
 * run. No runs at all = no restriction, where a mask is attached. Immutable.
 */
public final class Mask {
    private static final int MOST_INDICES = 1 << 24;

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
        for (int[] r : ranges) {
            if (r.length != 2 || r[0] < 0 || r[1] < r[0]) {
                throw PieException.invalid("ranges: each must be (a, b) with 0 <= a <= b, got " + Arrays.toString(r));
            }
        }
        var runs = new Runs();
        ranges.stream().sorted(Comparator.comparingInt(r -> r[0])).forEach(r -> runs.add(r[0], r[1]));
        return runs.mask();
    }

    public static Mask ids(int... ids) {
        int[] sorted = ids.clone();
        Arrays.sort(sorted);
        var runs = new Runs();
        for (int id : sorted) {
            if (natural(id, "id") == Integer.MAX_VALUE) {
                throw PieException.invalid("id must be below " + Integer.MAX_VALUE);
            }
            runs.add(id, id + 1);
        }
        return runs.mask();
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
        if (natural(count, "count") > MOST_INDICES || start > Integer.MAX_VALUE - count) {
            throw PieException.invalid("rows: no pass has " + count + " rows from " + start);
        }
        return IntStream.range(start, start + count).mapToObj(f).toList();
    }

    public Mask and(Mask other) {
        return merge(other, (a, b) -> a && b);
    }

    public Mask or(Mask other) {
        return merge(other, (a, b) -> a || b);
    }

    /** Choose what of 0..n is not chosen. */
    public Mask not(int n) {
        return range(0, n).merge(this, (within, chosen) -> within && !chosen);
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
        int[] cut = and(range(0, natural(n, "n"))).runs;
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

    /** Return what is chosen, one by one. @throws PieException INVALID_ARGUMENT for more than any vocabulary has */
    int[] indices() {
        if (count() > MOST_INDICES) {
            throw PieException.invalid("mask chooses " + count() + " ids, more than any vocabulary has");
        }
        int[] indices = new int[count()];
        int next = 0;
        int at = 0;
        for (int i = 0; i < runs.length; at += runs[i++]) {
            for (int k = 0; i % 2 == 1 && k < runs[i]; k++) {
                indices[next++] = at + k;
            }
        }
        return indices;
    }

    /**
     * Check that all that is chosen are ids of a vocabulary.
     *
     * @param argument what the mask was given as
     * @param vocabulary the number of ids that there are
     * @throws PieException INVALID_ARGUMENT
     */
    Mask checkIds(String argument, int vocabulary) {
        int size = 0;
        for (int i = 0, end = 0; i < runs.length; i++) {
            end += runs[i];
            size = i % 2 == 1 && runs[i] > 0 ? end : size;
        }
        if (size > vocabulary) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    argument + ": a mask of size " + size + " was given, and the vocabulary needs one of " + vocabulary
                            + ": it allows id " + (size - 1) + ", and ids go from 0 to " + (vocabulary - 1),
                    Map.of("argument", argument, "size", size, "needed", vocabulary));
        }
        return this;
    }

    /** Return bit words long enough for n bits; bits from n on are left out. */
    long[] words(int n) {
        var bits = new BitSet(n);
        int at = 0;
        for (int i = 0; i < runs.length && at < n; at += runs[i++]) {
            if (i % 2 == 1) {
                bits.set(at, (int) Math.min(n, (long) at + runs[i]));
            }
        }
        return Arrays.copyOf(bits.toLongArray(), (n + 63) >>> 6);
    }

    /** Walk both run lists side by side; neither is ever spread into bits, which would cost 256 MiB near 2^31. */
    private Mask merge(Mask other, Choice choice) {
        var merged = new Runs();
        int i = 0;
        int k = 0;
        int at = 0;
        int endA = runs.length > 0 ? runs[0] : Integer.MAX_VALUE;
        int endB = other.runs.length > 0 ? other.runs[0] : Integer.MAX_VALUE;
        while (at < Integer.MAX_VALUE) {
            int to = Math.min(endA, endB);
            if (choice.of(i < runs.length && i % 2 == 1, k < other.runs.length && k % 2 == 1)) {
                merged.add(at, to);
            }
            at = to;
            if (endA == to) {
                i++;
                endA = i < runs.length ? endA + runs[i] : Integer.MAX_VALUE;
            }
            if (endB == to) {
                k++;
                endB = k < other.runs.length ? endB + other.runs[k] : Integer.MAX_VALUE;
            }
        }
        return merged.mask();
    }

    static Mask of(BitSet bits) {
        var runs = new Runs();
        for (int from = bits.nextSetBit(0), to; from >= 0; from = bits.nextSetBit(to)) {
            to = bits.nextClearBit(from);
            runs.add(from, to);
        }
        return runs.mask();
    }

    private interface Choice {
        boolean of(boolean a, boolean b);
    }

    /** Collect ranges, whose starts must not fall, as run lengths. */
    private static final class Runs {
        private int[] runs = new int[8];
        private int count;
        private int end;

        void add(int from, int to) {
            if (to <= from || to <= end && count > 0) {
                return;
            }
            if (count > 0 && from <= end) {
                runs[count - 1] += to - end;
            } else {
                if (count + 2 > runs.length) {
                    runs = Arrays.copyOf(runs, runs.length * 2);
                }
                runs[count++] = from - end;
                runs[count++] = to - from;
            }
            end = to;
        }

        Mask mask() {
            return new Mask(count == 0 ? new int[] {0} : Arrays.copyOf(runs, count));
        }
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
