package pie.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Know the open processes of a loop, and keep them within what their owners, their parents and they themselves may use. */
final class ProcessTable {
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Map<ProcessId, EngineProcess> open = new LinkedHashMap<>();
    private final Map<OwnerId, Allowance> owners = new HashMap<>();
    /** Processes whose pages are limited over time. */
    private final List<EngineProcess> timed = new ArrayList<>();

    @Nullable
    EngineProcess get(ProcessId id) {
        return open.get(id);
    }

    int size() {
        return open.size();
    }

    List<EngineProcess> all() {
        return List.copyOf(open.values());
    }

    /**
     * Begin the account of a process.
     *
     * @param parent process that launches it; one that has ended counts for nothing
     * @throws PieException BUDGET_EXHAUSTED for a child too many, or one with more tokens than the parent has left
     */
    Allowance allowance(OwnerId owner, Budget budget, Optional<ProcessId> parent) {
        EngineProcess family = parent.map(open::get).orElse(null);
        return family == null
                ? owners.computeIfAbsent(owner, o -> Allowance.owner()).process(budget)
                : family.allowance.child(budget);
    }

    /** Limit what all processes of an owner use together from now on, with what those use that are open. */
    void limit(OwnerId owner, Budget budget) {
        owners.computeIfAbsent(owner, o -> Allowance.owner()).limit(budget);
        forget(owner);
        timed.clear();
        for (EngineProcess process : open.values()) {
            time(process);
        }
    }

    private void forget(OwnerId owner) {
        Allowance account = owners.get(owner);
        if (account != null && account.idle()) {
            owners.remove(owner);
        }
    }

    private void time(EngineProcess process) {
        if (process.allowance.limitsPageSeconds()) {
            timed.add(process);
        }
    }

    void add(EngineProcess process) {
        open.put(process.id, process);
        time(process);
    }

    void remove(EngineProcess process) {
        open.remove(process.id);
        timed.remove(process);
        process.allowance.end();
        forget(process.owner());
    }

    /**
     * Check that a process may have pages more than its contexts have now.
     *
     * @throws PieException OUT_OF_PAGES
     */
    void checkPages(EngineProcess asker, int more) {
        for (@Nullable Allowance scope = asker.allowance; scope != null; scope = scope.above()) {
            long held = more;
            for (EngineProcess process : open.values()) {
                held += scope.holds(process.allowance) ? process.pagesOfContexts() : 0;
            }
            scope.checkPages(held, asker.allowance);
        }
    }

    /** Take the pages of processes that held theirs too long. */
    void check(long now) {
        for (int i = 0; i < timed.size(); i++) {
            EngineProcess process = timed.get(i);
            process.pages(now);
            PieException spent = process.allowance.pageSecondsSpent();
            if (spent != null) {
                for (EngineContext context : List.copyOf(process.contexts)) {
                    context.exhaust(spent);
                }
            }
        }
    }

    /** See what those processes hold from now on. Return when to look again. */
    long account(long now) {
        boolean held = false;
        for (int i = 0; i < timed.size(); i++) {
            timed.get(i).pages(now);
            held |= timed.get(i).holdsPages();
        }
        return held ? now + CHECK_NANOS : Long.MAX_VALUE;
    }
}
