package pie.engine.market;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keep the last market events of one process, and the last steps that its contexts missed; count all of both. */
public final class MarketLog {
    private static final int EVENTS = 512;
    private static final int MISSES = 64;
    private static final Missed[] WHYS = Missed.values();

    private MarketEvent[] events = {};
    private int eventCount;
    private int eventNext;
    private long[] steps = {};
    private long[] contexts = {};
    private byte[] whys = {};
    private long misses;
    private final long[] counts = new long[WHYS.length];

    /**
     * Note a step that a context with work was not in.
     *
     * @param step number of the step
     */
    public record Miss(long step, long context, Missed why) {}

    public void add(MarketEvent event) {
        if (eventCount == events.length && eventCount < EVENTS) {
            events = Arrays.copyOf(events, Math.min(EVENTS, Math.max(8, 2 * eventCount)));
        }
        events[eventNext] = event;
        eventNext = (eventNext + 1) % EVENTS;
        eventCount = Math.min(EVENTS, eventCount + 1);
    }

    public void missed(long step, long context, Missed why) {
        if (steps.length == 0) {
            steps = new long[MISSES];
            contexts = new long[MISSES];
            whys = new byte[MISSES];
        }
        int at = (int) (misses++ % MISSES);
        steps[at] = step;
        contexts[at] = context;
        whys[at] = (byte) why.ordinal();
        counts[why.ordinal()]++;
    }

    /** Return the kept events, oldest first. */
    public List<MarketEvent> events() {
        List<MarketEvent> list = new ArrayList<>(eventCount);
        for (int i = 0; i < eventCount; i++) {
            list.add(events[(eventNext + EVENTS - eventCount + i) % EVENTS]);
        }
        return list;
    }

    /** Return the kept misses, oldest first. */
    public List<Miss> misses() {
        int kept = (int) Math.min(MISSES, misses);
        List<Miss> list = new ArrayList<>(kept);
        for (long i = misses - kept; i < misses; i++) {
            int at = (int) (i % MISSES);
            list.add(new Miss(steps[at], contexts[at], WHYS[whys[at]]));
        }
        return list;
    }

    public Map<Missed, Long> counts() {
        Map<Missed, Long> map = new EnumMap<>(Missed.class);
        for (Missed why : WHYS) {
            map.put(why, counts[why.ordinal()]);
        }
        return map;
    }
}
