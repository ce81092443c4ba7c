package pie.engine.kv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Keep the state, references and keys of every slot, hand slots out, and find keyed slots by key. A slot has up to two keys: entry
 * {@code slot} holds its owner's, entry {@code total + slot} the published one. A slot whose last reference goes stays RETAINED while
 * it has a key; the least recently used retained slot is given away when no slot is free, those that a suspended context will want
 * again last. A pinned slot, one that a submitted step or copy names, keeps its state until the last pin goes, referred to or not.
 */
public final class PagePool {
    /** Know what retained slots are good for. */
    interface Retention {
        /** Hold nothing dear. */
        Retention NONE = new Retention() {
            @Override
            public boolean wanted(int slot) {
                return false;
            }

            @Override
            public void reclaimed(int slot) {
                // nobody minds
            }
        };

        /** Say whether somebody will want the page in a slot again. */
        boolean wanted(int slot);

        /** A retained slot is about to be given away; what is in it can be read until a later step writes it. */
        void reclaimed(int slot);
    }

    public static final byte FREE = 0;
    public static final byte WORKING = 1;
    public static final byte COMMITTED = 2;
    public static final byte RETAINED = 3;
    private static final int NONE = -1;

    private final byte[] state;
    private final int[] refs;
    private final int[] pins;
    private int pinned;
    private final boolean[] keyed;
    private final long[] keyHigh;
    private final long[] keyLow;
    private final int[] free;
    private int freeCount;
    private final int[] counts = new int[4];
    private long sharing;
    private int published;
    /** Retained slots in order of use: a ring through number {@code total} of those that nobody wants, through the next of the others. */
    private final int[] next;

    private final int[] previous;
    private final int[] buckets;
    private final int[] bucketNext;
    private Retention retention = Retention.NONE;

    public PagePool(int total) {
        state = new byte[total];
        refs = new int[total];
        pins = new int[total];
        keyed = new boolean[2 * total];
        keyHigh = new long[2 * total];
        keyLow = new long[2 * total];
        free = new int[total];
        for (int slot = 0; slot < total; slot++) {
            free[slot] = total - 1 - slot;
        }
        freeCount = total;
        counts[FREE] = total;
        next = new int[total + 2];
        previous = new int[total + 2];
        for (int ring = total; ring < total + 2; ring++) {
            next[ring] = ring;
            previous[ring] = ring;
        }
        buckets = new int[Integer.highestOneBit(Math.max(8, total)) * 2];
        Arrays.fill(buckets, NONE);
        bucketNext = new int[2 * total];
    }

    void retention(Retention rule) {
        retention = rule;
    }

    public int total() {
        return state.length;
    }

    public int free() {
        return counts[FREE];
    }

    public int working() {
        return counts[WORKING];
    }

    public int committed() {
        return counts[COMMITTED];
    }

    public int retained() {
        return counts[RETAINED];
    }

    /** Return the slots that contexts hold. */
    public int held() {
        return counts[WORKING] + counts[COMMITTED];
    }

    /** Return a number that changes whenever the holders of a shared slot do. */
    long sharing() {
        return sharing;
    }

    /** Return how many slots can be handed out now. */
    public int available() {
        return counts[FREE] + counts[RETAINED];
    }

    /** Return {@link #FREE}, {@link #WORKING}, {@link #COMMITTED} or {@link #RETAINED}. */
    public byte state(int slot) {
        return state[slot];
    }

    /** Return how many contexts hold a slot. */
    public int refs(int slot) {
        return refs[slot];
    }

    /** Return how many submitted steps and copies name a slot. */
    public int pins(int slot) {
        return pins[slot];
    }

    /** Return how many slots submitted steps and copies name. */
    public int pinned() {
        return pinned;
    }

    /** Hand out a slot for writing; there must be one available. */
    int allocate() {
        if (freeCount == 0) {
            int oldest = oldest();
            check(oldest >= 0, "no slot is free or retained", oldest);
            retention.reclaimed(oldest);
            unlink(oldest);
            forget(oldest);
            toFree(oldest);
        }
        int slot = free[--freeCount];
        check(state[slot] == FREE && refs[slot] == 0 && pins[slot] == 0, "a slot handed out was in use", slot);
        become(slot, WORKING);
        refs[slot] = 1;
        return slot;
    }

    /** Make a working slot immutable, without a key. */
    void commit(int slot) {
        check(state[slot] == WORKING && refs[slot] == 1, "only a private working slot can be committed", slot);
        become(slot, COMMITTED);
    }

    /** Make a working slot immutable and known by a key that no other slot has. */
    void commit(int slot, long high, long low) {
        commit(slot);
        index(slot, high, low);
    }

    /** Make an immutable slot known by a second key, unless a slot has it already. */
    void publish(int slot, long high, long low) {
        check(state[slot] == COMMITTED, "only an immutable slot can be published", slot);
        int entry = state.length + slot;
        if (!keyed[entry] && find(high, low) < 0) {
            index(entry, high, low);
            published++;
        }
    }

    private void index(int entry, long high, long low) {
        keyed[entry] = true;
        keyHigh[entry] = high;
        keyLow[entry] = low;
        int bucket = bucket(high);
        bucketNext[entry] = buckets[bucket];
        buckets[bucket] = entry;
    }

    /** Return how many slots are known by a second key. */
    int published() {
        return published;
    }

    /** Return the slot of a key, -1 if none has it. */
    int find(long high, long low) {
        int entry = buckets[bucket(high)];
        while (entry != NONE && !(keyHigh[entry] == high && keyLow[entry] == low)) {
            entry = bucketNext[entry];
        }
        return entry < state.length ? entry : entry - state.length;
    }

    /** Add a reference to an immutable slot. */
    void take(int slot) {
        if (state[slot] == RETAINED) {
            unlink(slot);
            become(slot, COMMITTED);
        }
        check(state[slot] == COMMITTED, "only an immutable slot can be shared", slot);
        if (refs[slot]++ > 0) {
            sharing++;
        }
    }

    /** Drop a reference. */
    void release(int slot) {
        check(refs[slot] > 0, "a slot was freed twice", slot);
        if (--refs[slot] > 0) {
            sharing++;
        } else if (pins[slot] == 0) {
            letGo(slot);
        }
    }

    /** Note that a submitted step or copy names a slot. */
    void pin(int slot) {
        check(refs[slot] > 0, "a slot that nobody refers to was pinned", slot);
        pinned += pins[slot]++ == 0 ? 1 : 0;
    }

    /** Note that a step or copy that named a slot is over. */
    void unpin(int slot) {
        check(pins[slot] > 0, "a slot was unpinned twice", slot);
        if (--pins[slot] == 0) {
            pinned--;
            if (refs[slot] == 0) {
                letGo(slot);
            }
        }
    }

    /** Return the retained slot to give away first, -1 if there is none. */
    private int oldest() {
        int unwanted = next[state.length];
        int wanted = next[state.length + 1];
        return unwanted < state.length ? unwanted : wanted < state.length ? wanted : NONE;
    }

    /** Put a retained slot among those that nobody wants, or the others, as it is now. */
    void reconsider(int slot) {
        if (state[slot] == RETAINED) {
            unlink(slot);
            link(slot);
        }
    }

    private void link(int slot) {
        int ring = state.length + (retention.wanted(slot) ? 1 : 0);
        int last = previous[ring];
        next[last] = slot;
        previous[slot] = last;
        next[slot] = ring;
        previous[ring] = slot;
    }

    /** Return the key that a slot is known by first, null if it has none. */
    @Nullable
    PageKey key(int slot) {
        int entry = keyed[slot] ? slot : state.length + slot;
        return keyed[entry] ? new PageKey(keyHigh[entry], keyLow[entry]) : null;
    }

    private void letGo(int slot) {
        if (keyed(slot)) {
            become(slot, RETAINED);
            link(slot);
        } else {
            toFree(slot);
        }
    }

    private boolean keyed(int slot) {
        return keyed[slot] || keyed[state.length + slot];
    }

    /** Give all retained slots away. */
    void clearRetained() {
        int slot;
        while ((slot = oldest()) >= 0) {
            unlink(slot);
            forget(slot);
            toFree(slot);
        }
    }

    /** Check the law of the states against the references counted from outside. @throws PieException INTERNAL */
    void checkIntegrity(int[] counted) {
        int[] seen = new int[4];
        for (int slot = 0; slot < state.length; slot++) {
            seen[state[slot]]++;
            check(refs[slot] == counted[slot], "references differ from the contexts that name the slot", slot);
            check(
                    (refs[slot] + pins[slot] > 0) == (state[slot] == WORKING || state[slot] == COMMITTED),
                    "state and use differ",
                    slot);
            check(
                    state[slot] != WORKING || (refs[slot] <= 1 && !keyed(slot)),
                    "a working slot is shared or keyed",
                    slot);
            check(state[slot] != RETAINED || keyed(slot), "a retained slot has no key", slot);
            for (int entry = slot; entry < keyed.length; entry += state.length) {
                check(!keyed[entry] || find(keyHigh[entry], keyLow[entry]) == slot, "the index lost a slot", slot);
            }
        }
        boolean[] stacked = new boolean[state.length];
        for (int i = 0; i < freeCount; i++) {
            check(state[free[i]] == FREE && !stacked[free[i]], "the free list holds a slot in use", free[i]);
            stacked[free[i]] = true;
        }
        check(seen[FREE] == freeCount && Arrays.equals(seen, counts), "slots went missing", freeCount);
    }

    private void toFree(int slot) {
        become(slot, FREE);
        free[freeCount++] = slot;
    }

    private void become(int slot, byte to) {
        counts[state[slot]]--;
        counts[to]++;
        state[slot] = to;
    }

    private void unlink(int slot) {
        next[previous[slot]] = next[slot];
        previous[next[slot]] = previous[slot];
    }

    private void forget(int slot) {
        unindex(slot);
        published -= keyed[state.length + slot] ? 1 : 0;
        unindex(state.length + slot);
    }

    private void unindex(int entry) {
        if (!keyed[entry]) {
            return;
        }
        keyed[entry] = false;
        int bucket = bucket(keyHigh[entry]);
        if (buckets[bucket] == entry) {
            buckets[bucket] = bucketNext[entry];
            return;
        }
        int before = buckets[bucket];
        while (bucketNext[before] != entry) {
            before = bucketNext[before];
        }
        bucketNext[before] = bucketNext[entry];
    }

    private int bucket(long high) {
        return (int) high & (buckets.length - 1);
    }

    private static void check(boolean holds, String breach, int slot) {
        if (!holds) {
            throw new PieException(ErrorCode.INTERNAL, "page pool: " + breach + " (slot " + slot + ")");
        }
    }
}
