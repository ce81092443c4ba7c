package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Team;
import pie.engine.PieException;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.driver.SamplerStage;
import pie.engine.generate.RowSampler;
import pie.engine.generate.SamplerChain;

/** Run one step: layers, then the head and the draws for the rows that ask for them, a bounded number of rows at a time. */
final class StepRunner {
    /** Rows of logits kept at once. */
    static final int HEAD_ROWS = 32;

    private final ForwardPass pass;
    private final Team team;
    private final int vocab;
    private final int pages;
    private final int headStride;
    private final MemorySegment logits;
    private final RowSampler[] samplers;

    /** Rows that need logits, in the order in which they are computed: rows of probes in order of probes, then those of draws. */
    private int[] headRow = new int[64];

    private int headRows;
    private int[] probeAt = new int[16];
    private int[] drawAt = new int[64];
    private int[] slotOfRow;

    private boolean ran;

    StepRunner(ForwardPass pass, Team team, int vocab, int headStride, int pages, int maxRows, Arena arena) {
        this.pass = pass;
        this.team = team;
        this.vocab = vocab;
        this.pages = pages;
        this.headStride = headStride;
        logits = OffHeap.zeroed(arena, 4L * DnnlTeam.size(HEAD_ROWS) * headStride);
        samplers = new RowSampler[team.size()];
        Arrays.setAll(samplers, i -> new RowSampler(vocab));
        slotOfRow = new int[maxRows];
    }

    /** Run a step on all workers; returns false if it was cancelled. Times go to the result. */
    boolean run(ForwardBatch batch, ForwardResult result, LateMasks late, BooleanSupplier cancelled) {
        long start = System.nanoTime();
        check(batch);
        pass.plan(batch);
        order(batch);
        result.prepareNanos = System.nanoTime() - start;
        long before = System.nanoTime();
        ran = true;
        team.run(worker -> {
            if (!pass.layers(worker, batch, cancelled)) {
                ran = false;
                return;
            }
            if (worker == 0) {
                result.forwardNanos = System.nanoTime() - before;
                if (LateMasks.expected(batch)) {
                    late.await(batch);
                    late.settle(batch); // others look at masks after the barrier of the head
                }
            }
            finish(worker, batch, result);
        });
        LateMasks.refuse(batch, result);
        result.sampleNanos = System.nanoTime() - before - result.forwardNanos;
        return ran;
    }

    private void check(ForwardBatch batch) {
        for (int row = 0; row < batch.rows; row++) {
            if (batch.tokens[row] < 0 || batch.tokens[row] >= vocab) {
                throw PieException.invalid(
                        "token " + batch.tokens[row] + " of row " + row + " is not in 0 .. " + (vocab - 1));
            }
        }
        for (int i = 0; i < batch.pageIndptr[batch.requests]; i++) {
            if (batch.pageIndices[i] < 0 || batch.pageIndices[i] >= pages) {
                throw PieException.invalid("page " + batch.pageIndices[i] + " is not in 0 .. " + (pages - 1));
            }
        }
    }

    private void order(ForwardBatch batch) {
        headRows = 0;
        headRow = room(headRow, batch.probes + batch.draws);
        probeAt = room(probeAt, batch.probes);
        drawAt = room(drawAt, batch.draws);
        Arrays.fill(slotOfRow, 0, batch.rows, -1);
        for (int n = 0; n < batch.probes; n++) {
            int row = batch.probeRow[n];
            if (headRows == 0 || headRow[headRows - 1] != row) {
                slotOfRow[row] = headRows;
                headRow[headRows++] = row;
            }
            probeAt[n] = headRows - 1;
        }
        for (int s = 0; s < batch.draws; s++) {
            int row = batch.drawRow[s];
            if (slotOfRow[row] < 0) {
                slotOfRow[row] = headRows;
                headRow[headRows++] = row;
            }
            drawAt[s] = slotOfRow[row];
        }
    }

    private static int[] room(int[] array, int length) {
        return array.length >= length ? array : new int[Math.max(length, 2 * array.length)];
    }

    private void finish(int worker, ForwardBatch batch, ForwardResult result) {
        for (int from = 0; from < headRows; from += HEAD_ROWS) {
            int count = Math.min(HEAD_ROWS, headRows - from);
            pass.head(worker, headRow, from, count, logits);
            if (worker == 0) {
                probes(batch, from, from + count, result);
            }
            for (int s = team.ticket(); s < batch.draws; s = team.ticket()) {
                if (drawAt[s] >= from && drawAt[s] < from + count) {
                    draw(worker, batch, s, 4L * (drawAt[s] - from) * headStride, result);
                }
            }
            team.barrier();
        }
    }

    private void probes(ForwardBatch batch, int from, int to, ForwardResult result) {
        for (int n = 0; n < batch.probes; n++) {
            if (probeAt[n] >= from && probeAt[n] < to) {
                samplers[0].probe(batch, n, logits, 4L * (probeAt[n] - from) * headStride, result);
            }
        }
    }

    private void draw(int worker, ForwardBatch batch, int s, long at, ForwardResult result) {
        if (batch.late[s]) {
            return;
        }
        if (!plainGreedy(batch, s)) {
            samplers[worker].draw(batch, s, logits, at, result);
            return;
        }
        int token = pass.elements().argmax(logits, at, vocab);
        result.token[s] = Math.max(0, token);
        result.status[s] = token < 0 ? ForwardResult.NAN : ForwardResult.OK;
    }

    /** Say whether the draw is the first token in order of all logits. */
    private static boolean plainGreedy(ForwardBatch batch, int s) {
        int first = batch.chainIndptr[s];
        return batch.logitMaskRef[s] == ForwardBatch.NO_MASK
                && first < batch.chainIndptr[s + 1]
                && batch.stageKind[first] == SamplerStage.TEMPERATURE
                && batch.stageParam[first] <= SamplerChain.GREEDY_BELOW;
    }
}
