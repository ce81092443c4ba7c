package pie.cuda.step;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import pie.cuda.api.CudaApi;
import pie.cuda.model.AdapterTables;
import pie.cuda.step.HeadPlan.Chunk;
import pie.engine.PieException;
import pie.engine.driver.ForwardBatch;

/** Check a batch and lay it out as the kernels read it. */
final class StepInputs {
    private static final int STAGE_BYTES = 16;
    private static final int ADJUSTMENT_BYTES = 16;

    private final StepShape shape;
    private final CoreLayout layout;
    private final AdapterTables adapters;
    private final AttentionPlan attention;
    private boolean adapted;
    private final StagedBuffer core;
    private final StagedBuffer tables;
    private final StagedBuffer masks;
    private final StagedBuffer stages;
    private final StagedBuffer adjustments;
    private final StagedBuffer logitMasks;

    StepInputs(CudaApi api, StepShape shape, CoreLayout layout, AdapterTables adapters) {
        this.shape = shape;
        this.adapters = adapters;
        this.layout = layout;
        attention = new AttentionPlan(shape, layout);
        core = new StagedBuffer(api, 4L * layout.size);
        tables = new StagedBuffer(api, 4L * Math.max(1024, 4 * shape.pagesOfContext()));
        masks = new StagedBuffer(api, 4096);
        stages = new StagedBuffer(api, 4L * STAGE_BYTES * shape.maxRows());
        adjustments = new StagedBuffer(api, 4096);
        logitMasks = new StagedBuffer(api, 4096);
    }

    long core() {
        return core.device();
    }

    long tables() {
        return tables.device();
    }

    long masks() {
        return masks.device();
    }

    long stages() {
        return stages.device();
    }

    long adjustments() {
        return adjustments.device();
    }

    long logitMasks() {
        return logitMasks.device();
    }

    /**
     * Write a batch and send it; returns true if a buffer has moved.
     *
     * @param drawn draws of the step before; a row that takes another gets token 0, and harms itself alone
     * @throws PieException INVALID_ARGUMENT for a token, page, row or position that does not exist
     */
    boolean send(ForwardBatch batch, HeadPlan plan, int turn, int drawn) {
        check(batch);
        boolean moved = tables.ensure(4L * tableInts(batch));
        moved |= masks.ensure(8L * batch.maskIndptr[batch.requests]);
        moved |= sampler(batch, turn);
        MemorySegment to = core.host(turn);
        rows(batch, plan, to, turn, drawn);
        attention.plan(batch, to);
        int blocks = counts(batch, plan, to);
        draws(batch, plan, to);
        if (blocks > layout.blocks) {
            throw new IllegalStateException("the step needs " + blocks + " blocks of counts, not " + layout.blocks);
        }
        core.send(turn, 4L * (layout.items + attention.items() * CoreLayout.ITEM));
        return moved;
    }

    /**
     * Send masks and draws again, after late masks have come; what was sent before must have arrived. Returns true if a buffer has moved.
     */
    boolean sendLate(ForwardBatch batch, HeadPlan plan, int turn) {
        boolean moved = sampler(batch, turn);
        draws(batch, plan, core.host(turn));
        core.send(turn, 4L * layout.draws, 4L * (layout.merges - layout.draws));
        return moved;
    }

    Grid grid(ForwardBatch batch, HeadPlan plan) {
        Chunk first =
                plan.chunks().isEmpty() ? new Chunk(0, 0, 0, 0) : plan.chunks().getFirst();
        return new Grid(batch.rows, attention.items(), attention.merges(), first.rows(), first.draws(), adapted);
    }

    private void check(ForwardBatch batch) {
        int vocab = shape.model().vocab();
        for (int row = 0; row < batch.rows; row++) {
            int token = batch.tokens[row];
            if (token >= vocab) {
                throw PieException.invalid("token " + token + " of row " + row + " is not in 0 .. " + (vocab - 1));
            }
            if (batch.positions[row] < 0 || batch.positions[row] >= shape.maxContext()) {
                throw PieException.invalid("position " + batch.positions[row] + " of row " + row + " is not in 0 .. "
                        + (shape.maxContext() - 1));
            }
        }
        for (int i = 0; i < batch.pageIndptr[batch.requests]; i++) {
            if (batch.pageIndices[i] < 0 || batch.pageIndices[i] >= shape.pages()) {
                throw PieException.invalid("page " + batch.pageIndices[i] + " is not in 0 .. " + (shape.pages() - 1));
            }
        }
        for (int r = 0; r < batch.requests; r++) {
            if (batch.adapter[r] != 0 && !adapters.isLoaded(batch.adapter[r])) {
                throw PieException.invalid("adapter " + batch.adapter[r] + " of request " + r + " is not loaded");
            }
        }
        for (int s = 0; s < batch.draws; s++) {
            if (batch.drawRow[s] < 0 || batch.drawRow[s] >= batch.rows) {
                throw PieException.invalid(
                        "row " + batch.drawRow[s] + " of draw " + s + " is not in 0 .. " + (batch.rows - 1));
            }
        }
    }

    private int pages(ForwardBatch batch, int r) {
        return (batch.kvLength[r] + shape.pageSize() - 1) / shape.pageSize();
    }

    private int tableInts(ForwardBatch batch) {
        int ints = 0;
        for (int r = 0; r < batch.requests; r++) {
            ints += pages(batch, r);
        }
        return ints;
    }

    private void rows(ForwardBatch batch, HeadPlan plan, MemorySegment to, int turn, int drawn) {
        for (int row = 0; row < batch.rows; row++) {
            int token = batch.tokens[row];
            to.setAtIndex(JAVA_INT, layout.tokens + row, token < -drawn ? 0 : token);
        }
        MemorySegment.copy(batch.positions, 0, to, JAVA_INT, 4L * layout.angles, batch.rows);
        MemorySegment table = tables.host(turn);
        adapted = false;
        int at = 0;
        for (int r = 0; r < batch.requests; r++) {
            int pages = pages(batch, r);
            table.asSlice(4L * at, 4L * pages).fill((byte) -1);
            for (int i = batch.pageIndptr[r]; i < batch.pageIndptr[r + 1]; i++) {
                if (batch.pageOrdinals[i] < pages) {
                    table.setAtIndex(JAVA_INT, at + batch.pageOrdinals[i], batch.pageIndices[i]);
                }
            }
            places(batch, r, table, at, to);
            adapters(batch, r, to);
            request(batch, r, at, to);
            at += pages;
        }
        tables.send(turn, 4L * at);
        int words = batch.maskIndptr[batch.requests];
        MemorySegment.copy(batch.maskBits, 0, masks.host(turn), JAVA_LONG, 0, words);
        masks.send(turn, 8L * words);
        for (int head = 0; head < plan.heads(); head++) {
            to.setAtIndex(JAVA_INT, layout.heads + head, plan.headRow(head));
        }
    }

    private void places(ForwardBatch batch, int r, MemorySegment table, int tableAt, MemorySegment to) {
        int q = batch.rowsOf(r);
        for (int i = 0; i < q; i++) {
            int slot = batch.kvLength[r] - q + i;
            int place = -1;
            if (!batch.noWrite[r]) {
                int page = table.getAtIndex(JAVA_INT, tableAt + (slot >> shape.pageShift()));
                if (page < 0) {
                    throw PieException.invalid("slot " + slot + " of request " + r + " is written and has no page");
                }
                place = Math.addExact(Math.multiplyExact(page, shape.pageSize()), slot & (shape.pageSize() - 1));
            }
            to.setAtIndex(JAVA_INT, layout.places + batch.qoIndptr[r] + i, place);
        }
    }

    private void adapters(ForwardBatch batch, int r, MemorySegment to) {
        adapted |= batch.adapter[r] != 0;
        for (int row = batch.qoIndptr[r]; row < batch.qoIndptr[r + 1]; row++) {
            to.setAtIndex(JAVA_INT, layout.adapters + row, batch.adapter[r] - 1);
        }
    }

    private void request(ForwardBatch batch, int r, int table, MemorySegment to) {
        int at = layout.requests + r * CoreLayout.REQUEST;
        boolean masked = batch.maskIndptr[r + 1] > batch.maskIndptr[r];
        to.setAtIndex(JAVA_INT, at, batch.qoIndptr[r]);
        to.setAtIndex(JAVA_INT, at + 1, batch.rowsOf(r));
        to.setAtIndex(JAVA_INT, at + 2, batch.kvLength[r]);
        to.setAtIndex(JAVA_INT, at + 3, table);
        to.setAtIndex(JAVA_INT, at + 4, batch.sink[r]);
        to.setAtIndex(JAVA_INT, at + 5, batch.visibleFrom[r]);
        to.setAtIndex(JAVA_INT, at + 6, batch.window[r]);
        to.setAtIndex(JAVA_INT, at + 7, masked ? batch.maskIndptr[r] : -1);
        to.setAtIndex(JAVA_INT, at + 8, batch.nonCausal[r] ? 1 : 0);
    }

    /** Write the blocks of counts: the first for the layers and the first chunk, then one for each further launch. */
    private int counts(ForwardBatch batch, HeadPlan plan, MemorySegment to) {
        to.setAtIndex(JAVA_INT, CoreLayout.COUNT_ROWS, batch.rows);
        to.setAtIndex(JAVA_INT, CoreLayout.COUNT_ITEMS, attention.items());
        to.setAtIndex(JAVA_INT, CoreLayout.COUNT_MERGES, attention.merges());
        int block = 0;
        for (Chunk chunk : plan.chunks()) {
            to.setAtIndex(JAVA_INT, block * CoreLayout.COUNTS + CoreLayout.COUNT_HEADS, chunk.rows());
            int from = 0;
            do {
                int count = Math.min(StepShape.HEAD_ROWS, chunk.draws() - from);
                to.setAtIndex(JAVA_INT, block * CoreLayout.COUNTS + CoreLayout.COUNT_DRAWS, count);
                from += StepShape.HEAD_ROWS;
                block++;
            } while (from < chunk.draws());
        }
        return block;
    }

    private void draws(ForwardBatch batch, HeadPlan plan, MemorySegment to) {
        for (Chunk chunk : plan.chunks()) {
            for (int i = chunk.firstDraw(); i < chunk.firstDraw() + chunk.draws(); i++) {
                int s = plan.deviceDraw(i);
                int at = layout.draws + i * CoreLayout.DRAW;
                to.setAtIndex(JAVA_INT, at, plan.headOfRow(batch.drawRow[s]) - chunk.from());
                to.setAtIndex(JAVA_INT, at + 1, s);
                to.setAtIndex(JAVA_INT, at + 2, batch.late[s] ? ForwardBatch.NO_MASK : batch.logitMaskRef[s]);
                to.setAtIndex(JAVA_INT, at + 3, batch.chainIndptr[s]);
                to.setAtIndex(JAVA_INT, at + 4, batch.chainIndptr[s + 1]);
                to.setAtIndex(JAVA_INT, at + 5, batch.drawNumber[s]);
                to.setAtIndex(JAVA_INT, at + 6, (int) batch.seed[s]);
                to.setAtIndex(JAVA_INT, at + 7, (int) (batch.seed[s] >>> 32));
                to.setAtIndex(JAVA_INT, at + 8, (int) batch.drawIndex[s]);
                to.setAtIndex(JAVA_INT, at + 9, (int) (batch.drawIndex[s] >>> 32));
            }
        }
    }

    /** Send stages, adjustments and logit masks. */
    private boolean sampler(ForwardBatch batch, int turn) {
        int count = batch.draws == 0 ? 0 : batch.chainIndptr[batch.draws];
        int adjusted = count == 0 ? 0 : batch.adjustIndptr[count];
        int words = (shape.model().vocab() + 63) / 64;
        int used = batch.draws == 0 ? 0 : batch.logitMaskCount;
        boolean moved = stages.ensure((long) STAGE_BYTES * count);
        moved |= adjustments.ensure((long) ADJUSTMENT_BYTES * adjusted);
        moved |= logitMasks.ensure(8L * words * used);
        MemorySegment to = stages.host(turn);
        for (int i = 0; i < count; i++) {
            to.set(JAVA_INT, 16L * i, batch.stageKind[i]);
            to.set(JAVA_FLOAT, 16L * i + 4, batch.stageParam[i]);
            to.set(JAVA_INT, 16L * i + 8, batch.adjustIndptr[i]);
            to.set(JAVA_INT, 16L * i + 12, batch.adjustIndptr[i + 1]);
        }
        stages.send(turn, (long) STAGE_BYTES * count);
        to = adjustments.host(turn);
        for (int i = 0; i < adjusted; i++) {
            to.set(JAVA_INT, 16L * i, batch.adjustToken[i]);
            to.set(JAVA_FLOAT, 16L * i + 4, batch.adjustMul[i]);
            to.set(JAVA_FLOAT, 16L * i + 8, batch.adjustAdd[i]);
        }
        adjustments.send(turn, (long) ADJUSTMENT_BYTES * adjusted);
        to = logitMasks.host(turn);
        for (int i = 0; i < used; i++) {
            long[] mask = batch.logitMasks[i];
            int there = Math.min(words, mask.length);
            MemorySegment.copy(mask, 0, to, JAVA_LONG, 8L * words * i, there);
            to.asSlice(8L * (words * i + there), 8L * (words - there)).fill((byte) 0);
        }
        logitMasks.send(turn, 8L * words * used);
        return moved;
    }
}
