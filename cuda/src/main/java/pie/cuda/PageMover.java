package pie.cuda;

import java.lang.foreign.MemorySegment;
import pie.cuda.api.CopyStream;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.engine.driver.CopyList;

/**
 * Move pages on the stream of copies, ordered with steps by events: a move sees all steps before it, and later steps wait, on the
 * device, only until the pages themselves are read or written. The way to and from the host goes through memory of its own on the device, beside
 * the steps.
 *
 * <pre>
 * read    steps before ─ event ─ pages to staging ─ event ─ steps after
 *                                               └─ staging to host
 * write   host to staging ─┐
 *         steps before ─ event ─ staging to pages ─ event ─ steps after
 * </pre>
 */
final class PageMover {
    private static final long STAGING_BYTES = 32L << 20;

    private final CudaApi api;
    private final CopyStream copies;
    private final long pool;
    private final long pageBytes;
    private final int pages;
    private final int most;
    private final long staging;
    private final MemorySegment host;
    private final CudaApi.Event before;
    private final CudaApi.Event after;
    private final CudaApi.Event end;

    /** A move under way; one at a time. */
    abstract class Move {
        final int[] list;
        private int next;
        private int count;

        /** @param list pages of the pool */
        Move(int[] list) {
            this.list = list;
            for (int page : list) {
                page(page);
            }
        }

        /** Say whether steps that come later must not be launched yet. */
        boolean holds() {
            return next < list.length;
        }

        /** Go on as far as the device is; returns true at the end. */
        final boolean advance() {
            if (count > 0) {
                if (!api.reached(end)) {
                    return false;
                }
                landed(next - count, count);
                count = 0;
            }
            if (next == list.length) {
                return true;
            }
            count = Math.min(most, list.length - next);
            try {
                begin(next, count);
                copies.record(end);
            } catch (CudaCallException e) {
                settle(e);
                throw e;
            }
            next += count;
            return false;
        }

        /** Put the copies of some pages on the streams. */
        abstract void begin(int from, int count);

        /** Take what those copies brought. */
        void landed(int from, int count) {}

        /** Have the pages to themselves: after all steps so far, before all later ones. */
        final void alone(Runnable work) {
            api.record(before);
            copies.waitFor(before);
            work.run();
            copies.record(after);
            api.waitFor(after);
        }
    }

    PageMover(CudaApi api, long pool, long pageBytes, int pages) {
        this.api = api;
        this.pool = pool;
        this.pageBytes = pageBytes;
        this.pages = pages;
        copies = api.copies();
        most = Math.clamp(STAGING_BYTES / pageBytes, 1, pages);
        staging = api.allocate(most * pageBytes);
        host = api.allocateHost(most * pageBytes);
        before = api.newEvent();
        after = api.newEvent();
        end = api.newEvent();
    }

    /** Wait for what was put on the streams of a move that failed, so that the next one may use the same memory. */
    private void settle(CudaCallException failure) {
        if (!failure.sticky()) {
            try {
                copies.synchronize();
            } catch (CudaCallException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private long page(int number) {
        if (number < 0 || number >= pages) {
            throw new IndexOutOfBoundsException("page " + number + " is not in 0 .. " + (pages - 1));
        }
        return pool + number * pageBytes;
    }

    private long staged(int i) {
        return staging + i * pageBytes;
    }

    /** Copy pages inside the pool. */
    Move copy(CopyList pairs) {
        for (int page : pairs.from()) {
            page(page);
        }
        return new Move(pairs.to()) {
            @Override
            void begin(int from, int count) {
                alone(() -> {
                    for (int i = from; i < from + count; i++) {
                        copies.copy(page(list[i]), page(pairs.from()[i]), pageBytes);
                    }
                });
            }
        };
    }

    /** Copy pages out. */
    Move read(CopyList pairs, MemorySegment bytes) {
        return new Move(pairs.from()) {
            @Override
            void begin(int from, int count) {
                alone(() -> {
                    for (int i = 0; i < count; i++) {
                        copies.copy(staged(i), page(list[from + i]), pageBytes);
                    }
                });
                copies.copyOut(host, staging, count * pageBytes);
            }

            @Override
            void landed(int from, int count) {
                for (int i = 0; i < count; i++) {
                    MemorySegment.copy(host, i * pageBytes, bytes, pairs.to()[from + i] * pageBytes, pageBytes);
                }
            }
        };
    }

    /** Copy pages in. */
    Move write(MemorySegment bytes, CopyList pairs) {
        return new Move(pairs.to()) {
            @Override
            void begin(int from, int count) {
                for (int i = 0; i < count; i++) {
                    MemorySegment.copy(bytes, pairs.from()[from + i] * pageBytes, host, i * pageBytes, pageBytes);
                }
                copies.copyIn(staging, host, count * pageBytes);
                alone(() -> {
                    for (int i = 0; i < count; i++) {
                        copies.copy(page(list[from + i]), staged(i), pageBytes);
                    }
                });
            }
        };
    }
}
