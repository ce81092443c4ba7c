package pie.server.profile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Timeline;

/**
 * Part the life of a process: each moment of it is in one slice.
 *
 * <pre>
 * life   | guest           | forward                               | message |
 * calls  |      | call |   |                                       |         |
 * steps  |                 |         | step |    | step |           |         |
 * memory |                 | waits |                               |         |
 * slices | guest|calls |gu | alloc | forward |qu| forward | queue  | message |
 * </pre>
 */
final class Lanes {
    private static final String GUEST = "guest";
    private static final String FORWARD = "forward";
    private static final String QUEUE = "queue";

    private final List<Slice> slices = new ArrayList<>();
    private final Map<Part, Map<String, Long>> totals = new EnumMap<>(Part.class);
    private final long begin;
    private final long end;

    private Lanes(long begin, long end) {
        this.begin = begin;
        this.end = end;
    }

    static Lanes of(Timeline timeline) {
        var lanes = new Lanes(timeline.begin(), timeline.until());
        lanes.part(timeline);
        return lanes;
    }

    private void part(Timeline timeline) {
        Spans calls = Spans.of(timeline.entries(Lane.CALLS));
        Spans steps = Spans.of(timeline.entries(Lane.STEPS));
        Spans allocations = Spans.of(timeline.entries(Lane.MEMORY));
        Map<String, Long> kept = new HashMap<>();
        Map<String, Map<Part, Map<String, Long>>> byWord = new LinkedHashMap<>();
        long at = begin;
        for (Entry stretch : timeline.entries(Lane.LIFE)) {
            if (stretch.begin() > at) {
                slices.add(new Slice(Part.LOST, Part.LOST.word(), at, stretch.begin()));
            }
            at = stretch.end();
            int from = slices.size();
            switch (stretch.name()) {
                case GUEST -> calls.cut(stretch.begin(), stretch.end(), sink(Part.CALLS, ""), sink(Part.GUEST, GUEST));
                case FORWARD, QUEUE ->
                    steps.cut(
                            stretch.begin(),
                            stretch.end(),
                            sink(Part.FORWARD, ""),
                            (none, b, e) -> allocations.cut(b, e, sink(Part.WAITS, ""), sink(Part.WAITS, QUEUE)));
                default -> slices.add(new Slice(Part.WAITS, stretch.name(), stretch.begin(), stretch.end()));
            }
            kept.merge(stretch.name(), stretch.nanos(), Long::sum);
            for (Slice slice : slices.subList(from, slices.size())) {
                byWord.computeIfAbsent(stretch.name(), w -> new EnumMap<>(Part.class))
                        .computeIfAbsent(slice.part(), p -> new LinkedHashMap<>())
                        .merge(slice.name(), slice.nanos(), Long::sum);
            }
        }
        sum(timeline.spent(), kept, byWord);
    }

    private Spans.Sink sink(Part part, String name) {
        return (own, from, to) -> slices.add(new Slice(part, name.isEmpty() ? own : name, from, to));
    }

    /** Add up by part and name. What was lost of a word is taken to have been like what was kept of it. */
    private void sum(
            Map<String, Long> spent, Map<String, Long> kept, Map<String, Map<Part, Map<String, Long>>> byWord) {
        byWord.forEach((word, parts) -> {
            long all = spent.getOrDefault(word, 0L);
            long known = kept.getOrDefault(word, 0L);
            double scale = all == known || known == 0 ? 1 : (double) all / known;
            parts.forEach((part, names) ->
                    names.forEach((name, nanos) -> totals.computeIfAbsent(part, p -> new LinkedHashMap<>())
                            .merge(name, scale == 1 ? nanos : (long) (nanos * scale), Long::sum)));
        });
    }

    List<Slice> slices() {
        return slices;
    }

    /** Return nanoseconds by part and name. */
    Map<Part, Map<String, Long>> totals() {
        return totals;
    }

    long total(Part part) {
        return totals.getOrDefault(part, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    long begin() {
        return begin;
    }

    long end() {
        return end;
    }

    long wall() {
        return Math.max(1, end - begin);
    }
}
