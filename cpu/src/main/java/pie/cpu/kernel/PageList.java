package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import pie.engine.driver.ForwardBatch;

/** Hold where the pages of a batch begin in the pool, in bytes, in the order of the batch's page table; one more follows the last. */
final class PageList {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private MemorySegment starts = Arena.ofAuto().allocate(LONG, 1024);

    void fill(ForwardBatch batch, KvPool kv) {
        int pages = batch.pageIndptr[batch.requests];
        if (starts.byteSize() < 8L * (pages + 1)) {
            starts = Arena.ofAuto().allocate(LONG, 2L * (pages + 1));
        }
        for (int i = 0; i < pages; i++) {
            starts.setAtIndex(LONG, i, kv.start(batch.pageIndices[i]));
        }
        starts.setAtIndex(LONG, pages, 0); // what follows a page is fetched ahead
    }

    long start(int i) {
        return starts.getAtIndex(LONG, i);
    }

    /** Return the address of the i-th start. */
    long address(int i) {
        return starts.address() + 8L * i;
    }
}
