package pie.engine.trace;

import java.util.Arrays;
import java.util.List;

/** Keep the entries of one lane: the first and the last of them. Those between are lost and counted. */
final class Track {
    private static final int FIRST = 64;

    private final Lane lane;
    private final int half;
    private String[] names = new String[FIRST];
    private long[] begin = new long[FIRST];
    private long[] end = new long[FIRST];
    private Note[] notes = new Note[FIRST];
    private int size;
    private int last;
    /** The oldest entry of the second half, once that is full. */
    private int oldest;

    private long dropped;

    /** @param most entries to keep */
    Track(Lane lane, int most) {
        this.lane = lane;
        half = most / 2;
        oldest = half;
    }

    synchronized void add(String name, long from, long to, Note note) {
        if (size < 2 * half) {
            if (size == names.length) {
                grow();
            }
            last = size++;
        } else {
            last = oldest++;
            oldest = oldest == 2 * half ? half : oldest;
            dropped++;
        }
        names[last] = name;
        begin[last] = from;
        end[last] = to;
        notes[last] = note;
    }

    private void grow() {
        int to = Math.min(2 * half, 2 * size);
        names = Arrays.copyOf(names, to);
        begin = Arrays.copyOf(begin, to);
        end = Arrays.copyOf(end, to);
        notes = Arrays.copyOf(notes, to);
    }

    /** Add a part in a step, to the last one if that was in the same step. */
    synchronized void step(String kind, long from, long to, Note.Step part) {
        if (size > 0
                && notes[last] instanceof Note.Step before
                && before.step() == part.step()
                && begin[last] == from) {
            names[last] = before.tokens() < part.tokens() ? kind : names[last];
            notes[last] = before.plus(part);
        } else {
            add(kind, from, to, part);
        }
    }

    /** Say that drafts in the last step held. */
    synchronized void accepted(int drafts) {
        if (size > 0 && notes[last] instanceof Note.Step step) {
            notes[last] = step.accepting(drafts);
        }
    }

    synchronized void copyTo(List<Entry> all) {
        for (int i = 0; i < Math.min(size, half); i++) {
            all.add(entry(i));
        }
        for (int i = half; i < size; i++) {
            int at = oldest + i - half;
            all.add(entry(at < 2 * half ? at : at - half));
        }
    }

    private Entry entry(int i) {
        return new Entry(lane, names[i], begin[i], end[i], notes[i]);
    }

    synchronized long dropped() {
        return dropped;
    }
}
