package pie.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.market.Explanation;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Timeline;

/** Hold what one process has with its engines: opened, read, closed. What was read last is there when the engines know it no more. */
final class EngineAccounts {
    private final ProcessId id;
    private final List<Engine> engines;
    private final List<Engine> opened = new CopyOnWriteArrayList<>();
    private volatile ProcessTotals totals = ProcessTotals.NONE;
    private volatile Map<String, Explanation> explanations = Map.of();
    /** Whether these are those of its whole life. */
    private volatile boolean settled;

    /** @param engines the one that the process asked for first */
    EngineAccounts(ProcessId id, List<Engine> engines) {
        this.id = id;
        this.engines = engines;
    }

    List<Engine> engines() {
        return engines;
    }

    /** Take note that the engines know the process already. */
    void known() {
        opened.addAll(engines);
    }

    /** Make the process known to all engines, unless they know it. */
    void open(LaunchRequest request, long seed) {
        if (!opened.isEmpty()) {
            return;
        }
        for (Engine engine : engines) {
            engine.openProcess(id, request.owner(), request.budget(), seed, request.bid());
            opened.add(engine);
        }
    }

    /** Have the steps of the process written into a timeline from now on. */
    void record(Timeline record) {
        for (Engine engine : opened) {
            try {
                engine.record(id, record);
            } catch (PieException gone) {
                if (gone.code() != ErrorCode.NOT_FOUND) {
                    throw gone;
                } // it ends just now: what is left of it has no steps
            }
        }
    }

    /** Return what the engines count for the process just now. @throws PieException if one does not know it */
    ProcessTotals counted() {
        ProcessTotals sum = ProcessTotals.NONE;
        for (Engine engine : engines) {
            sum = sum.plus(engine.totals(id));
        }
        return sum;
    }

    /** Return what the engines have counted, as well as is known. */
    ProcessTotals totals() {
        if (live()) {
            readTotals();
        }
        return totals;
    }

    /** Return what the engines have put up for the process, without asking their loops. */
    ProcessTotals glance() {
        ProcessTotals sum = ProcessTotals.NONE;
        for (Engine engine : engines) {
            sum = engine.glance(id).map(sum::plus).orElse(sum);
        }
        return settled ? totals : sum;
    }

    /** Return by model how the market treated the process, as well as is known. */
    Map<String, Explanation> explanations() {
        if (live()) {
            readExplanations();
        }
        return explanations;
    }

    private boolean live() {
        return !settled && opened.size() == engines.size();
    }

    private void readTotals() {
        try {
            totals = counted();
        } catch (PieException unknown) {
            // what was read last stands
        }
    }

    private void readExplanations() {
        var all = new LinkedHashMap<String, Explanation>();
        try {
            for (Engine engine : engines) {
                all.put(engine.model().name(), engine.explain(id));
            }
            explanations = all;
        } catch (PieException unknown) {
            // what was read last stands
        }
    }

    /** Read everything a last time, and give back what the process has in the engines. */
    CompletableFuture<Void> close() {
        readTotals();
        readExplanations();
        settled = true;
        return CompletableFuture.allOf(
                opened.stream().map(engine -> engine.closeProcess(id)).toArray(CompletableFuture<?>[]::new));
    }
}
