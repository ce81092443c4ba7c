package pie.engine.event;

import java.util.Arrays;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Hold events of one class in order of their ids: append at the end, drop at the front, find by id. Not thread-safe. */
final class EventQueue {
    private @Nullable ProcessEvent[] ring = new ProcessEvent[16];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(ProcessEvent event) {
        if (size == ring.length) {
            grow();
        }
        ring[(head + size) & (ring.length - 1)] = event;
        size++;
    }

    private void grow() {
        var wider = Arrays.copyOf(ring, ring.length * 2);
        int tail = ring.length - head;
        System.arraycopy(ring, head, wider, 0, tail);
        System.arraycopy(ring, 0, wider, tail, head);
        ring = wider;
        head = 0;
    }

    /** Return the event at a place from the front. */
    ProcessEvent get(int index) {
        ProcessEvent event = index < size ? ring[(head + index) & (ring.length - 1)] : null;
        if (event == null) {
            throw new NoSuchElementException("no event at " + index + " of " + size);
        }
        return event;
    }

    ProcessEvent removeFirst() {
        ProcessEvent first = get(0);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        return first;
    }

    /** Return the id of the first event, {@code Long.MAX_VALUE} if there is none. */
    long firstId() {
        return size == 0 ? Long.MAX_VALUE : get(0).id();
    }

    /** Return the place of the first event with a greater id, {@code size()} if there is none. */
    int after(long id) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).id() > id) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
