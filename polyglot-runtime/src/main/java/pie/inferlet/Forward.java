package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.generate.PassSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SampleSpec;

/**
 * Build one forward pass: the context's pending tokens, then the rows of {@link #input}, then those of {@link #inputAt}. Indices
 * count from the first {@code input} row; {@link #LAST} is the last row of the pass. Runs once.
 */
public final class Forward {
    /** Index of the last row of the pass. */
    public static final int LAST = -1;

    private final Context context;
    private final int start;
    private int[] tokens = new int[0];
    private int[] placed = new int[0];
    private int[] positions = new int[0];
    private final List<SampleSpec> samples = new ArrayList<>();
    private final List<ProbeSpec> probes = new ArrayList<>();
    private final List<Boolean> attached = new ArrayList<>();
    private int slots;
    private final List<RowMask> rowMasks = new ArrayList<>();
    private @Nullable Mask mask;
    private @Nullable List<Mask> attention;
    private boolean causal = true;
    private boolean deferCommit;
    private @Nullable Adapter adapter;
    private OptionalLong zoSeed = OptionalLong.empty();
    private boolean executed;

    private record RowMask(int row, Mask mask) {}

    Forward(Context context) {
        this.context = context;
        this.start = context.handle().written() + context.handle().pendingCount();
    }

    /** Return the slot of the first {@code input} row. */
    public int startPosition() {
        return start;
    }

    public int pageSize() {
        return context.pageSize();
    }

    /** Add rows at consecutive positions. */
    public Forward input(int... ids) {
        tokens = concat(tokens, ids);
        return this;
    }

    /** Add rows at given positions, after the {@code input} rows; such a pass commits no page by itself. */
    public Forward inputAt(int[] ids, int[] at) {
        if (ids.length != at.length) {
            throw PieException.invalid(
                    "input_at: got " + ids.length + " ids and " + at.length + " positions; give one position per id");
        }
        for (int position : at) {
            if (position < 0) {
                throw PieException.invalid("input_at: positions must be >= 0, got " + position);
            }
        }
        placed = concat(placed, ids);
        positions = concat(positions, at);
        return this;
    }

    /** Draw from one row. */
    public SampleHandle sample(int index, Sampler sampler) {
        return sample(new int[] {index}, sampler);
    }

    /** Draw from rows, one token per row and draw. */
    public SampleHandle sample(int[] indices, Sampler sampler) {
        for (int index : indices) {
            checkIndex(index, "sample");
        }
        samples.add(new SampleSpec(indices.clone(), sampler.chain(), sampler.draws()));
        int arity = indices.length * sampler.draws();
        return new SampleHandle(this, attach(true, arity), samples.size() - 1, arity);
    }

    public ProbeHandle probe(int index, Probe probe) {
        checkIndex(index, "probe");
        probes.add(probe.at(index));
        return new ProbeHandle(this, attach(false, 1), probes.size() - 1, probe.kind());
    }

    /** Limit what every sampled row may give. */
    public Forward mask(Mask allowed) {
        allowed.checkIds("mask", vocabulary());
        mask = mask == null ? allowed : both(mask, allowed);
        return this;
    }

    /** Limit what one row may give. */
    public Forward maskAt(int index, Mask allowed) {
        checkIndex(index, "mask_at");
        allowed.checkIds("mask_at", vocabulary());
        rowMasks.add(new RowMask(index, allowed));
        return this;
    }

    /** Say which slots each row sees, one mask per row, within causality. */
    public Forward attentionMask(List<Mask> rows) {
        return attentionMask(rows, true);
    }

    public Forward attentionMask(List<Mask> rows, boolean causal) {
        attention = List.copyOf(rows);
        this.causal = causal;
        return this;
    }

    /** Compute all rows of this pass, pending ones too, through an adapter; null for the model as it is. */
    public Forward adapter(@Nullable Adapter through) {
        adapter = through;
        return this;
    }

    /** Perturb the adapter of this pass by a seed; see {@link Zo}. @throws PieException UNSUPPORTED if the driver takes no adapters */
    public Forward zoSeed(long seed) {
        Adapter.checkTaken(context.model());
        zoSeed = OptionalLong.of(seed);
        return this;
    }

    /** Leave all rows in working pages, within reach of {@code truncate}. */
    public Forward deferCommit() {
        deferCommit = true;
        return this;
    }

    public Output execute() {
        return context.host().await(executeAsync(), "forward");
    }

    public CompletableFuture<Output> executeAsync() {
        if (executed) {
            throw PieException.invalid("execute: this pass has run; make another with ctx.forward()");
        }
        PassSpec spec = spec();
        executed = true;
        return Futures.map(context.execute(spec), result -> Output.ofPass(this, result));
    }

    private PassSpec spec() {
        int[] ids = concat(tokens, placed);
        int vocabulary = vocabulary();
        if (ids.length == 0
                && context.handle().pendingCount() == 0
                && (samples.isEmpty() && probes.isEmpty() || context.handle().written() == 0)) {
            throw PieException.invalid("empty input");
        }
        return new PassSpec(
                ids,
                placed.length == 0 ? null : allPositions(),
                List.copyOf(samples),
                List.copyOf(probes),
                mask == null || mask.unrestricted() ? null : mask.words(vocabulary),
                rowMasks.isEmpty() ? null : rowWords(ids.length, vocabulary),
                attention == null ? null : attentionWords(attention, ids.length),
                causal,
                deferCommit,
                Adapter.chosen(context.model(), adapter, zoSeed));
    }

    private int vocabulary() {
        return context.model().vocabulary();
    }

    private int[] allPositions() {
        int[] all = new int[tokens.length + placed.length];
        for (int i = 0; i < tokens.length; i++) {
            all[i] = start + i;
        }
        System.arraycopy(positions, 0, all, tokens.length, placed.length);
        return all;
    }

    private long @Nullable [] @Nullable [] rowWords(int rows, int vocabulary) {
        if (rows == 0) {
            throw PieException.invalid("mask_at: this pass has no rows of its own; use mask");
        }
        long[] @Nullable [] words = new long[rows][];
        for (RowMask m : rowMasks) {
            int row = m.row == LAST ? rows - 1 : m.row;
            if (row >= rows) {
                throw PieException.invalid("mask_at: index " + row + " is beyond the " + rows + " rows of this pass");
            }
            if (m.mask.unrestricted()) {
                continue;
            }
            long[] more = m.mask.words(vocabulary);
            long @Nullable [] known = words[row];
            if (known != null) {
                for (int i = 0; i < more.length; i++) {
                    more[i] &= known[i];
                }
            }
            words[row] = more;
        }
        return words;
    }

    private long[][] attentionWords(List<Mask> masks, int rows) {
        if (masks.size() != rows) {
            throw PieException.invalid("attention_mask: got " + masks.size() + " masks for " + rows + " rows");
        }
        int slots = start + rows;
        long[][] words = new long[rows][];
        for (int i = 0; i < rows; i++) {
            Mask m = masks.get(i);
            if (m.unrestricted()) {
                m = Mask.all(slots);
            }
            words[i] = m.words(slots);
            if (Arrays.stream(words[i]).allMatch(w -> w == 0)) {
                throw PieException.invalid("attention_mask: row " + i + " attends to nothing");
            }
        }
        return words;
    }

    private void checkIndex(int index, String what) {
        if (index < LAST) {
            throw PieException.invalid(what + ": index must be >= 0, or -1 for the last row, got " + index);
        }
    }

    /** Take the next slots for a sample or a probe; returns the first of them. */
    private int attach(boolean sample, int count) {
        attached.add(sample);
        slots += count;
        return slots - count;
    }

    /** Tell, in attach order, which were samples; the others were probes. */
    List<Boolean> attached() {
        return attached;
    }

    private static Mask both(Mask a, Mask b) {
        return a.unrestricted() ? b : b.unrestricted() ? a : a.and(b);
    }

    private static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
