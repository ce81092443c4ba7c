package pie.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DriverFault;
import pie.engine.kv.HostTier;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.Swap;
import pie.engine.schedule.Restorer;
import pie.engine.schedule.Work;

/**
 * Copy displaced pages to host memory as their slots are given away, and back when their contexts are granted pages again.
 *
 * <pre>
 * device  | step k | read slot 7 | step k+1 writes slot 7 ... | write slot 3 | step that reads slot 3
 * host    |        └── filled ───────────────────────────────── pinned ──┘
 * </pre>
 *
 * Host memory is taken in chunks as it is needed. What could not be copied is computed again.
 */
final class HostCopies implements Restorer, AutoCloseable {
    private static final long CHUNK_BYTES = 32L << 20;

    private final EngineLoop loop;
    private final KvStore store;
    private final @Nullable Swap swap;
    private final Arena arena = Arena.ofShared();
    private final int chunkPages;
    private final @Nullable MemorySegment[] chunks;
    /** Moving average of what it takes to copy a page, 0 before the first. */
    private long pageNanos;

    HostCopies(EngineLoop loop) {
        this.loop = loop;
        store = loop.store;
        swap = store.swap().orElse(null);
        int pages = swap == null ? 0 : swap.host().total();
        chunkPages = Math.toIntExact(Math.clamp(CHUNK_BYTES / loop.limits.kvBytesPerPage(), 1, Math.max(1, pages)));
        chunks = new MemorySegment[(pages + chunkPages - 1) / chunkPages];
        if (swap != null) {
            swap.worth(this::worth);
        }
    }

    private HostTier host() {
        return Objects.requireNonNull(swap).host();
    }

    /** Say whether a page is sooner copied than computed, as far as both are known. */
    private boolean worth() {
        long row = loop.scheduler.rowNanos();
        return pageNanos == 0 || row == 0 || pageNanos < row * store.pageSize();
    }

    /** Return what it takes to have so many pages again that were displaced, as far as it is known. */
    long backNanos(int pages) {
        long computed = loop.scheduler.rowNanos() * store.pageSize();
        return pages * (swap == null || pageNanos == 0 ? computed : Math.min(computed, pageNanos));
    }

    private MemorySegment chunk(int i) {
        MemorySegment known = chunks[i];
        if (known == null) {
            known = arena.allocate(chunkPages * loop.limits.kvBytesPerPage(), 64);
            chunks[i] = known;
        }
        return known;
    }

    /** Have the device copy out what is about to be written over: before it is asked for anything else. */
    void spill() {
        if (swap != null) {
            Optional<Swap.Spills> spills = swap.spills();
            if (spills.isPresent()) {
                out(spills.get());
            }
        }
    }

    private void out(Swap.Spills all) {
        for (List<int[]> part : byChunk(all.places())) {
            int[] slots = part.stream().mapToInt(i -> all.slots()[i[0]]).toArray();
            int[] places = part.stream().mapToInt(i -> i[1]).toArray();
            new Out(slots, places).begin();
        }
    }

    /** Group host slots, each with its place in the list, by the chunk that they lie in, in order. */
    private List<List<int[]>> byChunk(int[] places) {
        List<List<int[]>> parts = new ArrayList<>();
        int last = -1;
        for (int i = 0; i < places.length; i++) {
            if (places[i] / chunkPages != last) {
                last = places[i] / chunkPages;
                parts.add(new ArrayList<>());
            }
            parts.getLast().add(new int[] {i, places[i]});
        }
        return parts;
    }

    private int[] within(int[] places) {
        int[] offsets = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            offsets[i] = places[i] % chunkPages;
        }
        return offsets;
    }

    @Override
    public boolean restore(Work work, int end) {
        if (swap == null) {
            return false;
        }
        KvContext kv = work.kv();
        Optional<Swap.Run> found = store.hostRun(kv, end);
        if (found.isEmpty() || !worth()) {
            return false;
        }
        Swap.Run run = oneChunk(found.get());
        for (int place : run.places()) {
            swap.host().pin(place); // before slots are handed out, which may need room there
        }
        int[] slots = store.slotsFor(kv, run);
        spill();
        new Back((EngineContext) Objects.requireNonNull(kv.owner()), run, slots).begin();
        return true;
    }

    /** Return the first pages of a run: as many as lie in one chunk. */
    private Swap.Run oneChunk(Swap.Run run) {
        int n = byChunk(run.places()).getFirst().size();
        return n == run.places().length
                ? run
                : new Swap.Run(run.first(), run.keys().subList(0, n), Arrays.copyOf(run.places(), n));
    }

    private void took(long begun, int pages, boolean whole) {
        if (whole) {
            long each = Math.max(1, (loop.tick() - begun) / pages);
            pageNanos = pageNanos == 0 ? each : pageNanos + (each - pageNanos) / 8;
        }
    }

    HostStats stats() {
        LoopCounters c = loop.counters;
        return new HostStats(pages(), used(), c.pagesOut, c.pagesBack, c.copiesFailed);
    }

    /** Return the pages that fit, 0 for none at all. */
    int pages() {
        return swap == null ? 0 : swap.host().total();
    }

    /** Return the pages that are there, or on their way. */
    int used() {
        return swap == null ? 0 : swap.host().total() - swap.host().free();
    }

    /** Free the host memory; the device must be done with it. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /** Stand for one copy between slots and host memory. */
    private abstract class Move implements CopySink {
        final int[] slots;
        final int[] places;
        private final long begun = loop.now();

        Move(int[] slots, int[] places) {
            this.slots = slots;
            this.places = places;
        }

        abstract void begin();

        abstract void ended(boolean whole);

        final MemorySegment memory() {
            return chunk(places[0] / chunkPages);
        }

        final void end(boolean whole) {
            took(begun, slots.length, whole);
            ended(whole);
        }

        @Override
        public final void done(CopyList list) {
            loop.completion(() -> end(true));
        }

        @Override
        public final void failed(CopyList list, DriverFault fault) {
            loop.completion(() -> end(false));
        }
    }

    private final class Out extends Move {
        Out(int[] slots, int[] places) {
            super(slots, places);
        }

        @Override
        void begin() {
            CopyList list = new CopyList(slots, within(places));
            try {
                loop.driver.readPages(list, memory(), this);
            } catch (RuntimeException e) {
                failed(list, new DriverFault(String.valueOf(e.getMessage()), false, e));
            }
        }

        @Override
        void ended(boolean whole) {
            for (int place : places) {
                host().filled(place, whole);
            }
            loop.counters.pagesOut += whole ? places.length : 0;
            loop.counters.copiesFailed += whole ? 0 : 1;
        }
    }

    private final class Back extends Move {
        private final EngineContext context;
        private final Swap.Run run;

        Back(EngineContext context, Swap.Run run, int[] slots) {
            super(slots, run.places());
            this.context = context;
            this.run = run;
        }

        @Override
        void begin() {
            store.pin(slots, slots.length);
            context.kv().moving(true);
            CopyList list = new CopyList(within(places), slots);
            try {
                loop.driver.writePages(memory(), list, this);
            } catch (RuntimeException e) {
                failed(list, new DriverFault(String.valueOf(e.getMessage()), false, e));
            }
        }

        @Override
        void ended(boolean whole) {
            KvContext kv = context.kv();
            store.unpin(slots, slots.length);
            kv.moving(false);
            int before = kv.computed();
            if (whole) {
                loop.counters.pagesBack += store.restored(kv, run, slots) / store.pageSize();
            }
            for (int place : places) {
                if (!whole) {
                    host().spoil(place);
                }
                host().unpin(place);
            }
            loop.counters.copiesFailed += whole ? 0 : 1;
            Work work = context.work();
            if (work != null) {
                loop.scheduler.restored(work, before);
            }
            context.leave();
            loop.moved();
        }
    }
}
