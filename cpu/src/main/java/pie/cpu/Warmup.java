package pie.cpu;

import java.time.Duration;
import java.util.Arrays;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.driver.SamplerStage;

/** Have the kernels compiled by short made-up steps, whenever no real one waits; they write to a page that no context gets. */
final class Warmup {
    private static final Duration MOST = Duration.ofSeconds(3);
    private static final int[] ROWS = {1, 8, 1, 32};
    private static final int ROUNDS = 12;

    private final StepRunner runner;
    private final ForwardBatch batch;
    private final ForwardResult result;
    private final int scratchPage;
    private final int pageSize;
    private final LateMasks late = new LateMasks();
    private long spent;
    private int steps;

    Warmup(StepRunner runner, DriverCapabilities capabilities, int scratchPage) {
        this.runner = runner;
        this.scratchPage = scratchPage;
        pageSize = capabilities.pageSize();
        batch = new ForwardBatch(capabilities);
        result = new ForwardResult(capabilities);
    }

    boolean more() {
        return spent < MOST.toNanos() && steps < ROUNDS * ROWS.length;
    }

    /** Run one step: a prefill slice of some rows at the end of three pages, with one greedy draw. */
    void step() {
        long start = System.nanoTime();
        int length = 3 * pageSize;
        int rows = Math.min(Math.min(ROWS[steps++ % ROWS.length], length), batch.limits.maxTokens());
        batch.clear();
        batch.requests = 1;
        batch.rows = rows;
        batch.draws = 1;
        batch.qoIndptr[1] = rows;
        batch.pageIndptr[1] = 3;
        Arrays.fill(batch.pageIndices, 0, 3, scratchPage);
        Arrays.setAll(batch.pageOrdinals, i -> i);
        batch.kvLength[0] = length;
        for (int i = 0; i < rows; i++) {
            batch.tokens[i] = i;
            batch.positions[i] = i;
        }
        batch.drawRow[0] = rows - 1;
        batch.chainIndptr[1] = 1;
        batch.stageKind[0] = SamplerStage.TEMPERATURE;
        batch.logitMaskRef[0] = ForwardBatch.NO_MASK;
        runner.run(batch, result, late, () -> false);
        spent += System.nanoTime() - start;
    }
}
