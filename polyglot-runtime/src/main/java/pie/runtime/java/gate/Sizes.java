package pie.runtime.java.gate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Bound what one library call may allocate: 4 Mi elements of a container, 2^27 bits of a BitSet. */
public final class Sizes {
    private static final int ELEMENTS = 4 << 20;
    private static final long PAIRS = 1L << 31;
    private static final int BITS = 1 << 27;

    private Sizes() {}

    @GuardsNew({
        ArrayList.class,
        ArrayDeque.class,
        HashMap.class,
        HashSet.class,
        LinkedHashMap.class,
        LinkedHashSet.class,
        PriorityQueue.class,
        AtomicIntegerArray.class
    })
    public static void capacity(int n) {
        Gate.atMost("the capacity of a collection", n, ELEMENTS);
    }

    @GuardsNew({HashMap.class, HashSet.class, LinkedHashMap.class, LinkedHashSet.class})
    public static void capacity(int n, float load) {
        capacity(n);
        if (load < 0.1f) {
            throw Gate.refuse("1 / load factor", (long) (1 / Math.max(1e-9f, load)), 10);
        }
    }

    @GuardsNew(LinkedHashMap.class)
    public static void capacity(int n, float load, boolean access) {
        capacity(n, load);
    }

    @GuardsNew({HashSet.class, LinkedHashSet.class, ArrayDeque.class, ArrayList.class, PriorityQueue.class})
    public static void copy(Collection<?> c) {
        Gate.check();
        Gate.atMost("a copied collection in elements", c.size(), ELEMENTS);
        if (!(c instanceof java.util.List)) {
            return;
        }
        Walk.over(c);
    }

    @GuardsNew(PriorityQueue.class)
    public static void capacity(int n, java.util.Comparator<?> order) {
        capacity(n);
    }

    @Guards(
            value = HashMap.class,
            names = {"newHashMap", "newLinkedHashMap"},
            statically = true)
    public static void newMap(int n) {
        capacity(n);
    }

    @Guards(value = LinkedHashMap.class, names = "newLinkedHashMap", statically = true)
    public static void newLinkedMap(int n) {
        capacity(n);
    }

    @Guards(value = HashSet.class, names = "newHashSet", statically = true)
    public static void newSet(int n) {
        capacity(n);
    }

    @Guards(value = LinkedHashSet.class, names = "newLinkedHashSet", statically = true)
    public static void newLinkedSet(int n) {
        capacity(n);
    }

    @Guards(value = ArrayList.class, names = "ensureCapacity")
    public static void ensure(ArrayList<?> l, int n) {
        capacity(n);
    }

    @Guards(value = Collection.class, names = "addAll")
    public static void all(Collection<?> c, Collection<?> more) {
        Gate.atMost("a collection in elements", (long) c.size() + more.size(), ELEMENTS);
        Walk.over(more);
    }

    @Guards(
            value = Collection.class,
            names = {"containsAll", "removeAll", "retainAll"})
    public static void within(Collection<?> c, Collection<?> more) {
        pairs(c, more);
        Walk.over(more);
    }

    @Guards(value = Collections.class, names = "disjoint", statically = true)
    public static void disjoint(Collection<?> a, Collection<?> b) {
        pairs(a, b);
    }

    private static void pairs(Collection<?> a, Collection<?> b) {
        if (!(a instanceof java.util.Set) && !(b instanceof java.util.Set)) {
            Gate.atMost("a comparison of two lists in pairs (use a HashSet)", (long) a.size() * b.size(), PAIRS);
        }
    }

    @Guards(value = java.util.List.class, names = "addAll")
    public static void all(java.util.List<?> c, int at, Collection<?> more) {
        Gate.atMost("a collection in elements", (long) c.size() + more.size(), ELEMENTS);
    }

    @Guards(value = Collections.class, names = "nCopies", statically = true)
    public static void copies(int n, Object o) {
        capacity(n);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void bytes(byte[] a, int n) {
        Gate.alloc(n, 1);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void booleans(boolean[] a, int n) {
        Gate.alloc(n, 1);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void shorts(short[] a, int n) {
        Gate.alloc(n, 2);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void chars(char[] a, int n) {
        Gate.alloc(n, 2);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void ints(int[] a, int n) {
        Gate.alloc(n, 4);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void floats(float[] a, int n) {
        Gate.alloc(n, 4);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void longs(long[] a, int n) {
        Gate.alloc(n, 8);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void doubles(double[] a, int n) {
        Gate.alloc(n, 8);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void objects(Object[] a, int n) {
        Gate.alloc(n, 8);
    }

    @Guards(value = Arrays.class, names = "copyOf", statically = true)
    public static void typed(Object[] a, int n, Class<?> type) {
        Gate.alloc(n, 8);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(byte[] a, int from, int to) {
        Gate.alloc(to - from, 1);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(boolean[] a, int from, int to) {
        Gate.alloc(to - from, 1);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(short[] a, int from, int to) {
        Gate.alloc(to - from, 2);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(char[] a, int from, int to) {
        Gate.alloc(to - from, 2);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(int[] a, int from, int to) {
        Gate.alloc(to - from, 4);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(float[] a, int from, int to) {
        Gate.alloc(to - from, 4);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(long[] a, int from, int to) {
        Gate.alloc(to - from, 8);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(double[] a, int from, int to) {
        Gate.alloc(to - from, 8);
    }

    @Guards(value = Arrays.class, names = "copyOfRange", statically = true)
    public static void range(Object[] a, int from, int to) {
        Gate.alloc(to - from, 8);
    }

    @GuardsNew(BitSet.class)
    public static void bits(int n) {
        Gate.atMost("a BitSet in bits", n, BITS);
    }

    @Guards(
            value = BitSet.class,
            names = {"set", "flip"})
    public static void bit(BitSet b, int i) {
        bits(i);
    }

    @Guards(value = BitSet.class, names = "set")
    public static void bit(BitSet b, int i, boolean on) {
        bits(i);
    }

    @Guards(
            value = BitSet.class,
            names = {"set", "flip"})
    public static void bit(BitSet b, int from, int to) {
        bits(to);
    }

    @Guards(value = BitSet.class, names = "set")
    public static void bit(BitSet b, int from, int to, boolean on) {
        bits(to);
    }
}
