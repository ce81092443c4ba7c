package pie.engine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DriverFault;

/** Move one chunk of pages between slots and memory; the slots are pinned meanwhile. */
final class PageTransfer implements CopySink {
    /** Hear of the end, on the loop. */
    interface End {
        void ended(boolean whole);
    }

    private final EngineLoop loop;
    private final byte[] bytes;
    private final int pageBytes;
    private final int[] slots;
    private final End end;

    PageTransfer(EngineLoop loop, int[] slots, End end) {
        this.loop = loop;
        this.slots = slots;
        this.end = end;
        pageBytes = Math.toIntExact(loop.limits.kvBytesPerPage());
        bytes = new byte[pageBytes * slots.length];
    }

    /** Return the bytes of the i-th page. */
    ByteBuffer page(int i) {
        return ByteBuffer.wrap(bytes, i * pageBytes, pageBytes).slice();
    }

    /** Copy the slots out. */
    void read() {
        CopyList list = new CopyList(slots, places());
        loop.store.pin(slots, slots.length);
        loop.hostCopies.spill();
        try {
            loop.driver.readPages(list, MemorySegment.ofArray(bytes), this);
        } catch (RuntimeException e) {
            failed(list, new DriverFault(String.valueOf(e.getMessage()), false, e));
        }
    }

    /** Copy into the slots. */
    void write() {
        CopyList list = new CopyList(places(), slots);
        loop.store.pin(slots, slots.length);
        loop.hostCopies.spill();
        try {
            loop.driver.writePages(MemorySegment.ofArray(bytes), list, this);
        } catch (RuntimeException e) {
            failed(list, new DriverFault(String.valueOf(e.getMessage()), false, e));
        }
    }

    private int[] places() {
        return IntStream.range(0, slots.length).toArray();
    }

    @Override
    public void done(CopyList list) {
        loop.completion(() -> ended(true));
    }

    @Override
    public void failed(CopyList list, DriverFault fault) {
        loop.completion(() -> ended(false));
    }

    private void ended(boolean whole) {
        loop.store.unpin(slots, slots.length);
        end.ended(whole);
    }
}
