package pie.runtime;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.trace.Timeline;

/** Sum up where the time of a process goes. Every moment counts for one word, so that the sums add up to its age. */
final class WaitClock {
    private final LongSupplier clock;
    private String[] words = new String[16];
    private long[] sums = new long[16];
    private int size;
    private int at;
    private long since;
    private boolean stopped;
    private @Nullable Timeline timeline;

    /** @param clock gives nanoseconds */
    WaitClock(String first, LongSupplier clock) {
        this.clock = clock;
        since = clock.getAsLong();
        at = place(first);
    }

    /** Write each stretch of one word into a timeline as well, from the present one on: from its beginning, or from now. */
    synchronized void record(Timeline record, boolean fromItsBeginning) {
        if (!fromItsBeginning) {
            settle();
        }
        record.begin(since);
        timeline = record;
    }

    /** Write the present stretch into the timeline, as far as it goes. */
    synchronized void show() {
        settle();
    }

    /** Count for {@code what} from now on. Return what it counted for before. */
    synchronized String enter(String what) {
        String before = words[at];
        if (!stopped && !before.equals(what)) {
            settle();
            at = place(what);
        }
        return before;
    }

    synchronized String now() {
        return words[at];
    }

    /** Count no further. */
    synchronized void stop() {
        settle();
        stopped = true;
    }

    private void settle() {
        if (!stopped) {
            long now = clock.getAsLong();
            sums[at] += now - since;
            if (timeline != null && now > since) {
                timeline.life(words[at], since, now);
            }
            since = now;
        }
    }

    private int place(String word) {
        for (int i = 0; i < size; i++) {
            if (words[i].equals(word)) {
                return i;
            }
        }
        if (size == words.length) {
            words = Arrays.copyOf(words, 2 * size);
            sums = Arrays.copyOf(sums, 2 * size);
        }
        words[size] = word;
        return size++;
    }

    /** Return nanoseconds by word, in the order of first use. */
    synchronized Map<String, Long> sums() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            all.put(words[i], nanos(i));
        }
        return all;
    }

    /** Return the nanoseconds of one word. */
    synchronized long sum(String word) {
        for (int i = 0; i < size; i++) {
            if (words[i].equals(word)) {
                return nanos(i);
            }
        }
        return 0;
    }

    private long nanos(int i) {
        return i == at && !stopped ? sums[i] + clock.getAsLong() - since : sums[i];
    }
}
