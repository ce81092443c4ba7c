package pie.engine.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;

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
    /** Stand in the page table for a page that was dropped. */
    public static final int DROPPED = -1;

    final ContextId id;
    final long rank;
    final boolean lookUp;
    final PageKeys.Chain own;
    final PageKeys.Chain published;

    int[] tokens = new int[64];
    int length;
    int @Nullable [] positions;
    int written;
    int committed;
    int pages;
    /** Rows under masks, ascending. */
    final List<MaskSpan> masks = new ArrayList<>(0);
    /** What was dropped or windowed, by first row; empty = nothing ever. */
    final List<Visibility> visibility = new ArrayList<>(0);

    /** Which adapter rows are computed with, by first row; empty = none ever had one. */
    final List<AdapterSpan> adapters = new ArrayList<>(0);

    int[] slots = new int[4];
    int resident;
    /** Pages among the resident ones whose slots went, as no later row sees them. */
    int dropped;

    private int[] compact = {};
    int sealed;
    int computed;
    /** Leading pages that all owners may find. */
    int shared;

    boolean closed;
    private int steps;
    /** Keys of the leading pages that it lost and will want again. */
    final List<@Nullable PageKey> wanted = new ArrayList<>(0);

    private boolean moving;
    /** Effective pages among the first {@link #sharedPages}, while {@link #sharing} is the pool's. */
    long sharedEffective;

    int sharedPages;
    long sharing = -1;
    private @Nullable Object owner;

    KvContext(ContextId id, long rank, PageKeys.Chain own, PageKeys.Chain published, boolean lookUp) {
        this.id = id;
        this.rank = rank;
        this.own = own;
        this.published = published;
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

    /** Return the number of leading pages that are in slots now, or were dropped for good. */
    public int resident() {
        return resident;
    }

    /** Return the number of slots, of {@link #slots} from the first, that others may hold too. */
    public int sealed() {
        return sealed - dropped;
    }

    /** Return the slots held, valid up to {@link #held} until the next change, not to be changed. */
    public int[] slots() {
        if (dropped == 0) {
            return slots;
        }
        if (compact.length < resident) {
            compact = new int[slots.length];
        }
        int n = 0;
        for (int page = 0; page < resident; page++) {
            if (slots[page] != DROPPED) {
                compact[n++] = slots[page];
            }
        }
        return compact;
    }

    /** Return the number of slots held now. */
    public int held() {
        return resident - dropped;
    }

    /** Return the slots of the pages in order, valid up to {@link #resident}, {@link #DROPPED} among them; not to be changed. */
    public int[] pageTable() {
        return slots;
    }

    /** Return the slot of a resident page, {@link #DROPPED} if no later row sees it. */
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

    /** Note that a step with rows of this context is planned. */
    public void entered() {
        steps++;
    }

    /** Note that a step with rows of this context has ended. */
    public void left() {
        steps--;
    }

    /** Say whether a step that has not ended has rows of this context, be they wanted or void. */
    public boolean inSteps() {
        return steps > 0;
    }

    /** Say whether pages are being copied back into its slots: until they are there no step may have rows of it. */
    public boolean moving() {
        return moving;
    }

    /** Note the begin or the end of a copy back. */
    public void moving(boolean begins) {
        moving = begins;
        steps += begins ? 1 : -1;
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

    /** Say whether a row saw less, or more, than all rows before it. */
    public boolean restricted() {
        return !masks.isEmpty() || !visibility.isEmpty();
    }

    /** Return what the rows from {@code row} on see, as far as drops and windows say. */
    public Visibility visibility(int row) {
        Visibility found = Visibility.ALL;
        for (int i = 0; i < visibility.size() && visibility.get(i).from() <= row; i++) {
            found = visibility.get(i);
        }
        return found;
    }

    /** Return the first row after {@code row} for which other drops, windows or adapters hold than for {@code row}. */
    public int uniform(int row) {
        int end = Integer.MAX_VALUE;
        for (int i = visibility.size() - 1; i >= 0 && visibility.get(i).from() > row; i--) {
            end = visibility.get(i).from();
        }
        return Math.min(end, uniformAdapter(row));
    }

    /** Return the first row after {@code row} that has another adapter. */
    int uniformAdapter(int row) {
        int end = Integer.MAX_VALUE;
        for (int i = adapters.size() - 1; i >= 0 && adapters.get(i).from() > row; i--) {
            end = adapters.get(i).from();
        }
        return end;
    }

    /** Return the adapter that a row is computed with, empty for the model as it is. */
    public Optional<Adapter> adapter(int row) {
        for (int i = adapters.size() - 1; i >= 0; i--) {
            if (adapters.get(i).from() <= row) {
                return adapters.get(i).adapter();
            }
        }
        return Optional.empty();
    }

    /** Say whether a row is or will be computed with an adapter. */
    boolean adapted() {
        return !adapters.isEmpty();
    }

    /** Have the rows from {@code row} on computed with an adapter. Return whether some were to be computed with another. */
    boolean adapt(int row, Optional<Adapter> adapter) {
        boolean same = adapters.isEmpty()
                ? adapter.isEmpty()
                : adapters.getLast().from() <= row && adapters.getLast().is(adapter);
        if (same) {
            return false;
        }
        while (!adapters.isEmpty() && adapters.getLast().from() >= row) {
            adapters.removeLast();
        }
        boolean plain = adapters.isEmpty() && adapter.isEmpty();
        if (!plain && (adapters.isEmpty() || !adapters.getLast().is(adapter))) {
            adapters.add(new AdapterSpan(row, adapter));
        }
        return true;
    }

    /** Return the masked pass that a row belongs to. */
    public @Nullable MaskSpan mask(int row) {
        for (int i = masks.size() - 1; i >= 0; i--) {
            MaskSpan span = masks.get(i);
            if (span.end() <= row) {
                return null;
            }
            if (span.from() <= row) {
                return span;
            }
        }
        return null;
    }

    /** Say whether rows of [from, to) are under a mask. */
    public boolean masked(int from, int to) {
        for (int i = masks.size() - 1; i >= 0; i--) {
            MaskSpan span = masks.get(i);
            if (span.from() < to && span.end() > from) {
                return true;
            }
        }
        return false;
    }

    /** Return the tokens before this one that cannot be cut off, as later rows no longer see some of them. */
    public int hiddenEnd() {
        return visibility.isEmpty() ? 0 : visibility.getLast().hiddenEnd();
    }

    /** Note that the last {@code count} rows are under a mask. */
    public void mask(int count, boolean causal, long @Nullable [][] rows) {
        masks.add(new MaskSpan(length - count, count, causal, rows));
    }

    /** Make what later rows see known, from row {@code next.from()} on. */
    void see(Visibility next) {
        while (!visibility.isEmpty() && visibility.getLast().from() >= next.from()) {
            visibility.removeLast();
        }
        visibility.add(next);
    }

    /**
     * Forget what the rows from {@link #length} on saw; what was dropped stays dropped. Return the first row that saw one of them and so
     * is another from now on, {@link #length} if there is none.
     */
    int cutHistory() {
        int changed = length;
        while (!adapters.isEmpty() && adapters.getLast().from() > length) {
            adapters.removeLast();
        }
        while (!masks.isEmpty() && masks.getLast().end() > length) {
            MaskSpan last = masks.removeLast();
            if (last.from() < length) {
                changed = last.causal() ? length : last.from();
                masks.add(last.cut(length));
            }
        }
        if (!visibility.isEmpty() && visibility.getLast().from() > length) {
            see(visibility.getLast().from(length));
        }
        return changed;
    }

    void history(KvContext from) {
        masks.addAll(from.masks);
        visibility.addAll(from.visibility);
        adapters.addAll(from.adapters);
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

    /** Have room for so many tokens more, so that none is made while they come. */
    public void expect(int more, int pageSize) {
        room(length + more);
        int pagesThen = (length + more + pageSize - 1) / pageSize;
        PageTables.room(this, pagesThen);
        own.room(pagesThen);
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
