package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.driver.ForwardBatch;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/**
 * A step writes slots that one context alone holds, at its next free place, and names pages as the context does. A chained row takes
 * what the row before it draws. Nothing that is still being written is immutable, or found by its key.
 */
final class C4Writes implements Checker {
    @Override
    public void submitted(EngineSim sim, ForwardBatch batch) {
        PagePool pool = sim.engine().store().pool();
        int size = sim.pageSize();
        Map<Long, KvContext> contexts = new HashMap<>();
        for (KvContext kv : sim.engine().contexts()) {
            contexts.put(kv.id().value(), kv);
        }
        for (int r = 0; r < batch.requests; r++) {
            KvContext kv = contexts.remove(batch.contextKey[r]);
            require(kv != null, "a step has rows of context " + batch.contextKey[r] + " twice, or it is gone");
            if (kv == null) {
                return;
            }
            int to = batch.kvLength[r];
            int from = to - batch.rowsOf(r);
            int pages = batch.pageIndptr[r + 1] - batch.pageIndptr[r];
            require(kv.resident() * size >= to, "request " + r + " has " + to + " tokens in " + pages + " pages");
            for (int page = 0; page < pages; page++) {
                int slot = batch.pageIndices[batch.pageIndptr[r] + page];
                int ordinal = batch.pageOrdinals[batch.pageIndptr[r] + page];
                require(slot == kv.slot(ordinal), "request " + r + " names slot " + slot + " as page " + page);
            }
            if (batch.noWrite[r]) {
                require(to <= kv.computed(), "request " + r + " reads rows again that are not there");
                continue;
            }
            chained(sim, batch, r, from);
            require(
                    from == kv.computed() || from == submitted(sim, kv.id().value()),
                    "request " + r + " writes from row " + from + " of a context computed up to " + kv.computed());
            for (int page = from / size; page * size < to; page++) {
                int slot = kv.slot(page);
                require(
                        pool.refs(slot) == 1 && pool.state(slot) == PagePool.WORKING,
                        "request " + r + " writes slot " + slot + " with " + pool.refs(slot) + " references, state "
                                + pool.state(slot));
            }
        }
    }

    private void chained(EngineSim sim, ForwardBatch batch, int r, int from) {
        for (int row = batch.qoIndptr[r]; row < batch.qoIndptr[r + 1]; row++) {
            int draw = ~batch.tokens[row];
            if (draw < 0) {
                continue;
            }
            ForwardBatch before = sim.witness().last();
            require(before != null && draw < before.draws, "request " + r + " is chained to no draw");
            if (before == null) {
                return;
            }
            int source = 0;
            while (before.qoIndptr[source + 1] <= before.drawRow[draw]) {
                source++;
            }
            require(
                    before.contextKey[source] == batch.contextKey[r]
                            && before.kvLength[source] == from + row - batch.qoIndptr[r],
                    "request " + r + " is chained to a draw of context " + before.contextKey[source] + " at "
                            + before.kvLength[source]);
        }
    }

    @Override
    public void afterTurn(EngineSim sim) {
        PagePool pool = sim.engine().store().pool();
        for (Witness.Flight flight : sim.witness().flights) {
            for (Witness.Write write : flight.writes()) {
                require(
                        pool.state(write.slot()) == PagePool.WORKING,
                        "slot " + write.slot() + " is in state " + pool.state(write.slot()) + " and being written");
            }
        }
    }

    private static int submitted(EngineSim sim, long context) {
        int to = -1;
        for (Witness.Flight flight : sim.witness().flights) {
            if (sim.witness().cancelled.contains(flight)) {
                continue;
            }
            for (Witness.Write write : flight.writes()) {
                to = write.context() == context ? Math.max(to, write.to()) : to;
            }
        }
        return to;
    }
}
