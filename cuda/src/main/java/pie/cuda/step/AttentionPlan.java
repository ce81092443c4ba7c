package pie.cuda.step;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import pie.engine.driver.ForwardBatch;

/**
 * Cut the attention of a step into blocks: tiles of pairs of row and query head; where tiles alone would leave multiprocessors idle, long
 * contexts are cut into pieces that a second kernel folds.
 */
final class AttentionPlan {
    private static final int WAVES = 2;

    private final StepShape shape;
    private final CoreLayout layout;
    private int items;
    private int merges;
    private int partials;

    AttentionPlan(StepShape shape, CoreLayout layout) {
        this.shape = shape;
        this.layout = layout;
    }

    int items() {
        return items;
    }

    int merges() {
        return merges;
    }

    void plan(ForwardBatch batch, MemorySegment core) {
        items = 0;
        merges = 0;
        partials = 0;
        int tiles = 0;
        for (int r = 0; r < batch.requests; r++) {
            tiles += tiles(batch, r);
        }
        int blocks = Math.max(1, tiles * shape.model().kvHeads());
        int cuts = (WAVES * shape.multiprocessors() + blocks - 1) / blocks;
        for (int r = 0; r < batch.requests; r++) {
            for (int tile = 0; tile < tiles(batch, r); tile++) {
                tile(batch, r, tile * StepShape.PAIRS, cuts, core);
            }
        }
    }

    private int tiles(ForwardBatch batch, int r) {
        return (batch.rowsOf(r) * shape.group() + StepShape.PAIRS - 1) / StepShape.PAIRS;
    }

    private void tile(ForwardBatch batch, int r, int pair, int cuts, MemorySegment core) {
        int q = batch.rowsOf(r);
        int start = batch.kvLength[r] - q;
        int last = Math.min(q - 1, (pair + StepShape.PAIRS - 1) / shape.group());
        int high = batch.nonCausal[r] ? batch.kvLength[r] : start + last + 1;
        int low = batch.sink[r] > 0 ? 0 : Math.max(0, batch.hiddenEnd(r, start + pair / shape.group()));
        int first = Math.min(low, high - 1) / StepShape.ROUND;
        int end = (high + StepShape.ROUND - 1) / StepShape.ROUND;
        int rounds = end - first;
        int parts = Math.min(cuts, rounds);
        if (parts <= 1 || (partials + rounds) * shape.model().kvHeads() > StepShape.PARTIALS) {
            item(core, r, pair, first, end, -1);
            return;
        }
        for (int i = 0; i < parts; i++) {
            int from = first + rounds * i / parts;
            item(core, r, pair, from, first + rounds * (i + 1) / parts, partials + from - first);
        }
        long at = 4L * (layout.merges + merges++ * CoreLayout.MERGE);
        core.set(JAVA_INT, at, r);
        core.set(JAVA_INT, at + 4, pair);
        core.set(JAVA_INT, at + 8, partials);
        core.set(JAVA_INT, at + 12, rounds);
        partials += rounds;
    }

    private void item(MemorySegment core, int r, int pair, int from, int end, int partial) {
        long at = 4L * (layout.items + items++ * CoreLayout.ITEM);
        core.set(JAVA_INT, at, r);
        core.set(JAVA_INT, at + 4, pair);
        core.set(JAVA_INT, at + 8, from);
        core.set(JAVA_INT, at + 12, end);
        core.set(JAVA_INT, at + 16, partial);
    }
}
