package pie.engine.kv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hold one token sequence: its lineage, which is kept until close, and the slots that hold its rows now, which can be given up at any
 * time and computed again.
 *
 * <pre>
 * tokens   |-------------- written --------------|-- pending and rows of the running pass --|  length
 * logical  |--- committed pages ---|--- working pages, some perhaps empty ---|                pages
 * device   |--- sealed (immutable, shareable) ---|--- private ---|                            resident
 * rows     |---------- computed ----------|                                                   in the slots above
 * </pre>
 */
public final class KvContext {
    final ContextId id;
    final long rank;
    final long saltHigh;
    final long saltLow;
    final boolean lookUp;

    int[] tokens = new int[64];
    int length;
    int @Nullable [] positions;
    int written;
    int committed;
    int pages;
    /** First row computed under an attention mask; from there on nothing can be replayed or shared. */
    int firstMasked = Integer.MAX_VALUE;

    int[] slots = new int[4];
    int resident;
    int sealed;
    int computed;
    boolean closed;
    /** Effective pages among the first {@link #sharedPages}, while {@link #sharing} is the pool's. */
    long sharedEffective;

    int sharedPages;
    long sharing = -1;
    private @Nullable Object owner;

    KvContext(ContextId id, long rank, long saltHigh, long saltLow, boolean lookUp) {
        this.id = id;
        this.rank = rank;
        this.saltHigh = saltHigh;
        this.saltLow = saltLow;
        this.lookUp = lookUp;
    }

    public ContextId id() {
        return id;
    }

    /** Return the place in arrival order; lower is served first. */
    public long rank() {
        return rank;
    }

    public int length() {
        return length;
    }

    public int written() {
        return written;
    }

    public int computed() {
        return computed;
    }

    public int committedPages() {
        return committed;
    }

    public int workingPages() {
        return pages - committed;
    }

    public int pages() {
        return pages;
    }

    /** Return the number of slots held now. */
    public int resident() {
        return resident;
    }

    /** Return the number of slots, from the first, that others may hold too. */
    public int sealed() {
        return sealed;
    }

    /** Return the array of slots itself; valid up to {@link #resident}, not to be changed. */
    public int[] slots() {
        return slots;
    }

    public int slot(int page) {
        return slots[page];
    }

    public int token(int row) {
        return tokens[row];
    }

    /** Return the lineage's own array; valid up to {@link #length}, not to be changed. */
    public int[] tokens() {
        return tokens;
    }

    public int position(int row) {
        return positions == null ? row : positions[row];
    }

    /** Return what the engine attached to this context. */
    public @Nullable Object owner() {
        return owner;
    }

    public void owner(Object attached) {
        owner = attached;
    }

    /** Say whether resident pages may stand in for rows of this context. */
    public boolean looksUp() {
        return lookUp;
    }

    public boolean replayable() {
        return firstMasked >= written;
    }

    public void append(int token) {
        room(length + 1);
        tokens[length] = token;
        if (positions != null) {
            positions[length] = length;
        }
        length++;
    }

    /** Add rows; {@code at} gives their positions, null for their slots. */
    public void append(int[] ids, int @Nullable [] at) {
        room(length + ids.length);
        System.arraycopy(ids, 0, tokens, length, ids.length);
        if (at != null && positions == null) {
            positions = new int[tokens.length];
            Arrays.setAll(positions, i -> i);
        }
        if (positions != null) {
            for (int i = 0; i < ids.length; i++) {
                positions[length + i] = at == null ? length + i : at[i];
            }
        }
        length += ids.length;
    }

    private void room(int size) {
        if (size > tokens.length) {
            int more = Math.max(size, 2 * tokens.length);
            tokens = Arrays.copyOf(tokens, more);
            if (positions != null) {
                positions = Arrays.copyOf(positions, more);
            }
        }
    }
}
