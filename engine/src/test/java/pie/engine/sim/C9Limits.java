package pie.engine.sim;

import org.jspecify.annotations.Nullable;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.kv.KvContext;
import pie.engine.kv.MaskSpan;

/** A step keeps the limits of the driver; a slice ends at the end of its pass or of a page. */
final class C9Limits implements Checker {
    private static boolean bounds(@Nullable MaskSpan span, int row) {
        return span != null && !span.causal() && (span.from() == row || span.end() == row);
    }

    @Override
    public void submitted(EngineSim sim, ForwardBatch batch) {
        DriverCapabilities limits = sim.witness().capabilities();
        require(
                batch.rows > 0
                        && batch.rows <= limits.maxTokens()
                        && batch.requests <= limits.maxRequests()
                        && batch.draws <= limits.maxDraws(),
                "a step has " + batch.rows + " rows, " + batch.requests + " requests, " + batch.draws + " draws");
        for (int r = 0; r < batch.requests; r++) {
            int to = batch.kvLength[r];
            require(to <= limits.maxContext(), "request " + r + " is longer than any context may be: " + to);
            for (KvContext kv : sim.engine().contexts()) {
                if (kv.id().value() == batch.contextKey[r]) {
                    int target = sim.engine().target(kv);
                    int from = to - batch.rowsOf(r);
                    boolean free = to >= target || to % sim.pageSize() == 0 || to == kv.uniform(from);
                    require(
                            free || bounds(kv.mask(from), to) || bounds(kv.mask(to), to),
                            "a slice ends at row " + to + " of a pass that ends at " + target);
                }
            }
        }
    }
}
