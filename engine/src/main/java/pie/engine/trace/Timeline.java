package pie.engine.trace;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Record the life of one process, or what is left of it when recording begins. Times are those of {@link System#nanoTime}; any thread may
 * add, any may read, also while it goes on.
 *
 * <p>A lane too long to hold loses its middle: its first and its last entries are kept and the lost ones counted. What {@link #spent},
 * {@link #tally}, {@link #samples} and {@link #calls} add up loses nothing.
 */
public final class Timeline {
    /** Most entries of a lane; all lanes full hold some megabytes. */
    public static final int MOST = 20_000;

    private static final int MOST_STACKS = 10_000;
    private static final int MOST_CONTEXTS = 10_000;

    private final Map<Lane, Track> tracks = new EnumMap<>(Lane.class);
    private final Map<String, Long> spent = new LinkedHashMap<>();
    private final Map<String, long[]> calls = new LinkedHashMap<>();
    private final Map<List<Place>, Long> samples = new LinkedHashMap<>();
    private final Map<Pattern, Tally> tallies = new EnumMap<>(Pattern.class);
    /** Where a context was used last. */
    private final Map<Long, Place> users = new ConcurrentHashMap<>();

    private volatile StackSource stacks = StackSource.NONE;
    private volatile long begin;
    private volatile long until;

    private final boolean whole;

    /** Record all of a life. */
    public Timeline() {
        this(true, MOST);
    }

    private Timeline(boolean whole, int most) {
        this.whole = whole;
        for (Lane lane : Lane.values()) {
            tracks.put(lane, new Track(lane, most));
        }
    }

    /** Record what the engine's loop does for a process and nothing that its threads ask for: the first and last steps, {@code most} in all. */
    public static Timeline ofSteps(int most) {
        return new Timeline(false, most);
    }

    /** Say whether it is to hold more than steps. */
    public boolean whole() {
        return whole;
    }

    private Track track(Lane lane) {
        return Objects.requireNonNull(tracks.get(lane));
    }

    // Who writes it.

    /** Say when recording began. */
    public void begin(long nanos) {
        begin = nanos;
        until = nanos;
    }

    /** Say how places in the program are found. */
    public void stacks(StackSource source) {
        stacks = source;
    }

    /** Add a stretch in which all time of the process counts for one word. */
    public void life(String word, long from, long to) {
        track(Lane.LIFE).add(word, from, to, Note.NOTHING);
        synchronized (spent) {
            spent.merge(word, to - from, Long::sum);
        }
        until = to;
    }

    /** Add a call into the API. */
    public void call(String name, long from, long to) {
        track(Lane.CALLS).add(name, from, to, Note.NOTHING);
        synchronized (calls) {
            long[] sum = calls.computeIfAbsent(name, n -> new long[2]);
            sum[0]++;
            sum[1] += to - from;
        }
    }

    /**
     * Note that the calling thread uses a context.
     *
     * @return where in the program, or where it was used before if the thread is in none of the program's code: a program that awaits is
     *     not on the stack of what goes on for it
     */
    public Place used(long context) {
        Place place = here();
        if (!place.known()) {
            return users.getOrDefault(context, Place.UNKNOWN);
        }
        if (users.size() < MOST_CONTEXTS || users.containsKey(context)) {
            users.put(context, place);
        }
        return place;
    }

    /** Add an operation of a context, asked for by the calling thread, when it ends. */
    public void operation(String name, long context, CompletableFuture<?> future) {
        Place place = used(context);
        ends(name, new Note.Operation(context, place), future);
    }

    /** Add something that was asked for by the calling thread and has nothing to do with contexts, when it ends. */
    public void operation(String name, CompletableFuture<?> future) {
        ends(name, new Note.Asked(here()), future);
    }

    private void ends(String name, Note note, CompletableFuture<?> future) {
        long from = System.nanoTime();
        future.whenComplete(
                (value, error) -> track(Lane.OPERATIONS).add(name, from, Math.max(from + 1, System.nanoTime()), note));
    }

    /** Add an operation that has ended. */
    public void operation(String name, long from, long to, Place place) {
        track(Lane.OPERATIONS).add(name, from, Math.max(from + 1, to), new Note.Asked(place));
    }

    /** Add the part that one context had in a step, or another one in the same step. */
    public void step(String kind, long from, long to, Note.Step part) {
        track(Lane.STEPS).step(kind, from, Math.max(from + 1, to), part);
    }

    /** Say that drafts in the last step held. */
    public void accepted(int drafts) {
        track(Lane.STEPS).accepted(drafts);
    }

    public void span(Lane lane, String name, long from, long to) {
        track(lane).add(name, from, Math.max(from + 1, to), Note.NOTHING);
    }

    public void moment(Lane lane, String name, long at, Note note) {
        track(lane).add(name, at, at, note);
    }

    /** Count a pattern where a context was used last. */
    public void count(Pattern pattern, long context, long amount, long other) {
        count(pattern, users.getOrDefault(context, Place.UNKNOWN), amount, other);
    }

    public void count(Pattern pattern, Place place, long amount, long other) {
        synchronized (tallies) {
            tallies.put(pattern, tally(pattern).plus(amount, other, place));
        }
    }

    /** Add a sample of the program's code that stands for so many nanoseconds; outermost frame first. */
    public void sample(List<Place> stack, long nanos) {
        synchronized (samples) {
            if (samples.size() < MOST_STACKS || samples.containsKey(stack)) {
                samples.merge(stack, nanos, Long::sum);
            }
        }
    }

    /** Return the place in the program that the calling thread is at. */
    public Place here() {
        List<Place> stack = stacks.here();
        return stack.isEmpty() ? Place.UNKNOWN : stack.getLast();
    }

    // Who reads it.

    /** Return when recording began. */
    public long begin() {
        return begin;
    }

    /** Return up to when {@link Lane#LIFE} is known: the end of the process once that has ended. */
    public long until() {
        return until;
    }

    /** Return the entries of a lane, in the order in which they were added. */
    public List<Entry> entries(Lane lane) {
        List<Entry> all = new ArrayList<>();
        track(lane).copyTo(all);
        return all;
    }

    /** Return how many entries of a lane were lost. */
    public long dropped(Lane lane) {
        return track(lane).dropped();
    }

    /** Return nanoseconds by word of {@link Lane#LIFE}. */
    public Map<String, Long> spent() {
        synchronized (spent) {
            return new LinkedHashMap<>(spent);
        }
    }

    /** Return count and nanoseconds by the name of a call. */
    public Map<String, long[]> calls() {
        synchronized (calls) {
            Map<String, long[]> all = new LinkedHashMap<>();
            calls.forEach((name, sum) -> all.put(name, sum.clone()));
            return all;
        }
    }

    /** Return nanoseconds by stack. */
    public Map<List<Place>, Long> samples() {
        synchronized (samples) {
            return new LinkedHashMap<>(samples);
        }
    }

    public Tally tally(Pattern pattern) {
        synchronized (tallies) {
            return tallies.getOrDefault(pattern, Tally.NONE);
        }
    }
}
