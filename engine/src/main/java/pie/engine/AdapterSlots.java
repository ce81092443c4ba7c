package pie.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.AdapterId;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.DriverFault;
import pie.engine.schedule.AdapterNumbers;

/**
 * Load adapters into the driver when rows need them, those of one content once, each in place of the one that has not been used for
 * longest. A driver loads in order with its steps, so that one which a submitted step uses may make room as well.
 */
final class AdapterSlots implements AdapterNumbers {
    private final EngineLoop loop;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private long plan;
    private long loads;

    private record Failure(AdapterId adapter, PieException cause) {}

    private static final class Slot {
        @Nullable
        AdapterId adapter;

        boolean loading;
        /** The plan that used it last. */
        long used;
        /** Number of the load that it has or waits for. */
        long load;
    }

    AdapterSlots(EngineLoop loop) {
        this.loop = loop;
        for (int i = 0; i < loop.limits.maxAdapters(); i++) {
            slots.add(new Slot());
        }
    }

    /** The driver is another one: nothing is loaded. */
    void clear() {
        for (Slot slot : slots) {
            slot.adapter = null;
            slot.loading = false;
            slot.used = 0;
            slot.load = 0;
        }
        failures.clear();
    }

    /** Say whether an adapter is on its way. */
    boolean loading() {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i).loading) {
                return true;
            }
        }
        return false;
    }

    /** Return how many adapters were loaded, again ones included. */
    long loads() {
        return loads;
    }

    @Override
    public void begin() {
        plan++;
    }

    @Override
    public int number(Adapter adapter) {
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            if (slot.adapter != null && adapter.id().sameContent(slot.adapter)) {
                if (slot.loading) {
                    return 0;
                }
                slot.used = plan;
                return i + 1;
            }
        }
        refuse(adapter.id());
        load(adapter);
        return 0;
    }

    private void refuse(AdapterId adapter) {
        for (Iterator<Failure> all = failures.iterator(); all.hasNext(); ) {
            Failure failure = all.next();
            if (failure.adapter.sameContent(adapter)) {
                all.remove();
                throw failure.cause;
            }
        }
    }

    private void load(Adapter adapter) {
        int oldest = -1;
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            boolean free = !slot.loading && (slot.used < plan || slot.adapter == null);
            if (free && (oldest < 0 || slot.used < slots.get(oldest).used)) {
                oldest = i;
            }
        }
        if (oldest < 0) {
            return;
        }
        Slot slot = slots.get(oldest);
        slot.adapter = adapter.id();
        slot.loading = true;
        slot.used = plan;
        slot.load = ++loads;
        Loading end = new Loading(slot, slot.load, adapter.id());
        try {
            loop.driver.loadAdapter(oldest + 1, adapter.numbers(), end);
        } catch (RuntimeException e) {
            end.failed(oldest + 1, new DriverFault(String.valueOf(e.getMessage()), false, e));
        }
    }

    private final class Loading implements AdapterSink {
        private final Slot slot;
        private final long load;
        private final AdapterId adapter;

        Loading(Slot slot, long load, AdapterId adapter) {
            this.slot = slot;
            this.load = load;
            this.adapter = adapter;
        }

        @Override
        public void done(int number) {
            loop.completion(() -> ended(null));
        }

        @Override
        public void failed(int number, DriverFault fault) {
            loop.completion(() -> ended(fault));
        }

        private void ended(@Nullable DriverFault fault) {
            if (slot.load != load || !slot.loading) {
                return; // of a driver that is gone
            }
            slot.loading = false;
            if (fault != null) {
                slot.adapter = null;
                slot.used = 0;
                failures.removeIf(failure -> failure.adapter.sameContent(adapter));
                failures.add(new Failure(
                        adapter,
                        new PieException(
                                ErrorCode.DRIVER_FAILURE,
                                "adapter '" + adapter.name() + "' could not be loaded: " + fault.message(),
                                Map.of("adapter", adapter.name()),
                                fault.cause())));
            }
            loop.moved();
        }
    }
}
