package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import pie.cpu.arch.FeedForward;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.Norm;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Scalar;
import pie.cpu.kernel.Team;
import pie.engine.model.Traits;

/**
 * Choose the experts of each row of a batch, and hand rows to an expert and back. Source: Shazeer et al., Outrageously Large Neural
 * Networks, 2017.
 *
 * <p>A row's choice depends on the row alone, and what its experts give is added in their order: batch mates change nothing.
 */
final class Mixing {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Team team;
    private final int experts;
    private final int used;
    private final boolean normalised;
    private final int hidden;
    private final int stride;
    private final MemorySegment logits;
    private final MemorySegment gathered;
    /** Row times used: experts and their shares. */
    private final int[] expert;

    private final float[] share;
    /** Begin of each expert's rows in {@link #rowOf}. */
    private final int[] begin;

    private final int[] rowOf;
    private final float[] shareOf;

    Mixing(FeedForward.Mixture mixture, Traits.Experts shape, Team team, Arena arena, int maxRows, int hidden) {
        this.team = team;
        this.hidden = hidden;
        experts = shape.count();
        used = shape.used();
        normalised = shape.normalised();
        stride = mixture.router().stride();
        logits = OffHeap.zeroed(arena, 4L * DnnlTeam.size(maxRows) * stride);
        gathered = OffHeap.zeroed(arena, 4L * DnnlTeam.size(maxRows) * hidden);
        expert = new int[maxRows * used];
        share = new float[maxRows * used];
        rowOf = new int[maxRows * used];
        shareOf = new float[maxRows * used];
        begin = new int[experts + 1];
    }

    /** Choose, for rows whose norms are there; by all workers, each with its rows [first, end). */
    void route(int worker, Linear router, MemorySegment normed, int rows, int first, int end) {
        router.run(worker, normed, rows, logits);
        team.barrier();
        for (int row = first; row < end; row++) {
            choose(row);
        }
        team.barrier();
        if (worker == 0) {
            order(rows);
        }
        team.barrier();
    }

    private void choose(int row) {
        long at = 4L * row * stride;
        float max = Float.NEGATIVE_INFINITY;
        for (int e = 0; e < experts; e++) {
            max = Math.max(max, logits.get(FLOAT, at + 4L * e));
        }
        float all = 0;
        for (int e = 0; e < experts; e++) {
            float p = Scalar.exp(logits.get(FLOAT, at + 4L * e) - max);
            logits.set(FLOAT, at + 4L * e, p);
            all += p;
        }
        float chosen = 0;
        for (int i = row * used; i < (row + 1) * used; i++) {
            int best = 0;
            for (int e = 1; e < experts; e++) {
                if (logits.get(FLOAT, at + 4L * e) > logits.get(FLOAT, at + 4L * best)) {
                    best = e;
                }
            }
            expert[i] = best;
            share[i] = logits.get(FLOAT, at + 4L * best);
            chosen += share[i];
            logits.set(FLOAT, at + 4L * best, -1);
        }
        for (int i = row * used; i < (row + 1) * used; i++) {
            share[i] /= normalised ? chosen : all;
        }
    }

    private void order(int rows) {
        Arrays.fill(begin, 0);
        for (int i = 0; i < rows * used; i++) {
            begin[expert[i] + 1]++;
        }
        for (int e = 0; e < experts; e++) {
            begin[e + 1] += begin[e];
        }
        for (int i = rows * used - 1; i >= 0; i--) {
            int at = --begin[expert[i] + 1];
            rowOf[at] = i / used;
            shareOf[at] = share[i];
        }
        // each begin[e + 1] has moved down to where e begins
        System.arraycopy(begin, 1, begin, 0, experts);
        begin[experts] = rows * used;
    }

    /** Return the rows that go to an expert. */
    int count(int e) {
        return begin[e + 1] - begin[e];
    }

    /** Copy this worker's share of an expert's rows side by side. */
    MemorySegment gather(int worker, int e, MemorySegment normed) {
        int count = count(e);
        int to = (int) ((long) count * (worker + 1) / team.size());
        for (int i = (int) ((long) count * worker / team.size()); i < to; i++) {
            MemorySegment.copy(normed, 4L * rowOf[begin[e] + i] * hidden, gathered, 4L * i * hidden, 4L * hidden);
        }
        return gathered;
    }

    /** Add what an expert gave to those of its rows that are in [first, end). */
    void add(int e, MemorySegment given, int givenStride, MemorySegment x, int first, int end) {
        for (int i = begin[e]; i < begin[e + 1]; i++) {
            if (rowOf[i] >= first && rowOf[i] < end) {
                long from = 4L * (i - begin[e]) * givenStride;
                Norm.addScaled(x, 4L * rowOf[i] * hidden, given, from, shareOf[i], hidden);
            }
        }
    }
}
