package pie.engine.kv;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Know which pages lie in which slots of host memory. The least recently used gives way; one that is being copied stays.
 *
 * <pre>
 * FREE ── offer ──► FILLING ── filled ──► HELD ── least recently used, or of no use ──► FREE
 *                      └──── not filled ────────────────────────────────────────────────►
 * </pre>
 *
 * A page may be copied back while it is still being filled: a device copies in order. Whether it was filled is known by then.
 */
public final class HostTier {
    public static final byte FREE = 0;
    public static final byte FILLING = 1;
    public static final byte HELD = 2;
    private static final int NONE = -1;

    private final byte[] state;
    private final int[] pins;
    private final @Nullable PageKey[] keys;
    private final Map<PageKey, Integer> index = new HashMap<>();
    private final int[] free;
    private int freeCount;
    private int held;
    private int filling;
    /** Used slots in order of use, a ring through slot number {@code total}. */
    private final int[] next;

    private final int[] previous;

    HostTier(int total) {
        state = new byte[total];
        pins = new int[total];
        keys = new PageKey[total];
        free = new int[total];
        for (int slot = 0; slot < total; slot++) {
            free[slot] = total - 1 - slot;
        }
        freeCount = total;
        next = new int[total + 1];
        previous = new int[total + 1];
        next[total] = total;
        previous[total] = total;
    }

    public int total() {
        return state.length;
    }

    public int free() {
        return freeCount;
    }

    public int held() {
        return held;
    }

    public int filling() {
        return filling;
    }

    public byte state(int slot) {
        return state[slot];
    }

    public int pins(int slot) {
        return pins[slot];
    }

    /** Return the key of the page in a slot, null in a free one. */
    public @Nullable PageKey key(int slot) {
        return keys[slot];
    }

    /** Return the slot of a page, -1 if it has none. */
    int find(PageKey key) {
        return index.getOrDefault(key, NONE);
    }

    /** Give a page a slot that is then to be filled. Return -1 if it has one already, or none can be had. */
    int offer(PageKey key) {
        int known = find(key);
        if (known != NONE) {
            touch(known);
            return NONE;
        }
        int slot = freeCount > 0 ? free[--freeCount] : oldest();
        if (slot == NONE) {
            return NONE;
        }
        become(slot, FILLING);
        keys[slot] = key;
        index.put(key, slot);
        link(slot);
        return slot;
    }

    private int oldest() {
        int slot = next[state.length];
        while (slot != state.length && (pins[slot] > 0 || state[slot] == FILLING)) {
            slot = next[slot];
        }
        if (slot == state.length) {
            return NONE;
        }
        empty(slot);
        return slot;
    }

    private void empty(int slot) {
        unlink(slot);
        PageKey key = keys[slot];
        if (key != null) {
            index.remove(key);
        }
        keys[slot] = null;
        become(slot, FREE);
    }

    /** Note the end of the copy that was to fill a slot. */
    public void filled(int slot, boolean whole) {
        check(state[slot] == FILLING, "a slot was filled that was not to be", slot);
        become(slot, HELD);
        if (!whole) {
            spoil(slot);
        }
    }

    /** Forget a page whose copy is not to be trusted. */
    public void spoil(int slot) {
        if (state[slot] != HELD) {
            return;
        }
        PageKey key = keys[slot];
        if (key != null) {
            index.remove(key);
            keys[slot] = null;
        }
        if (pins[slot] == 0) {
            release(slot);
        }
    }

    private void release(int slot) {
        empty(slot);
        free[freeCount++] = slot;
    }

    /** Keep a slot while it is copied back. */
    public void pin(int slot) {
        pins[slot]++;
        touch(slot);
    }

    public void unpin(int slot) {
        check(pins[slot] > 0, "a slot was unpinned twice", slot);
        if (--pins[slot] == 0 && state[slot] == HELD && keys[slot] == null) {
            release(slot);
        }
    }

    /** Say whether a slot holds a whole page of this key. */
    public boolean holds(int slot, PageKey key) {
        return state[slot] == HELD && key.equals(keys[slot]);
    }

    /** Forget all pages, for tests and measurements. */
    void clear() {
        for (int slot = 0; slot < state.length; slot++) {
            spoil(slot);
        }
    }

    private void touch(int slot) {
        unlink(slot);
        link(slot);
    }

    private void link(int slot) {
        int last = previous[state.length];
        next[last] = slot;
        previous[slot] = last;
        next[slot] = state.length;
        previous[state.length] = slot;
    }

    private void unlink(int slot) {
        next[previous[slot]] = next[slot];
        previous[next[slot]] = previous[slot];
    }

    private void become(int slot, byte to) {
        held += (to == HELD ? 1 : 0) - (state[slot] == HELD ? 1 : 0);
        filling += (to == FILLING ? 1 : 0) - (state[slot] == FILLING ? 1 : 0);
        state[slot] = to;
    }

    /** Check the law of the states. @throws PieException INTERNAL */
    void checkIntegrity() {
        int known = 0;
        for (int slot = 0; slot < state.length; slot++) {
            PageKey key = keys[slot];
            known += key == null ? 0 : 1;
            check(key == null || find(key) == slot, "the index lost a slot", slot);
            check(state[slot] != FREE || (key == null && pins[slot] == 0), "a free slot is in use", slot);
        }
        check(known == index.size() && freeCount + held + filling == state.length, "slots went missing", freeCount);
    }

    private static void check(boolean holds, String breach, int slot) {
        if (!holds) {
            throw new PieException(ErrorCode.INTERNAL, "host tier: " + breach + " (slot " + slot + ")");
        }
    }
}
