package pie.server.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Place;
import pie.engine.trace.Timeline;

/** Add a timeline up: parts of the wall time, steps, calls, operations by line, samples by line, advice. */
final class Summary {
    private static final int MOST_STACKS = 1000;

    private final InferletProcess process;
    private final Timeline timeline;
    private final Lanes lanes;
    private final ProcessTotals totals;

    Summary(InferletProcess process, Timeline timeline, Lanes lanes) {
        this.process = process;
        this.timeline = timeline;
        this.lanes = lanes;
        totals = process.totals();
    }

    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", process.id().toString());
        json.put("program", process.program());
        json.put("language", process.language());
        json.put("model", process.model());
        json.put("state", process.state().word());
        json.put("wall_ms", millis(lanes.wall()));
        json.put("lanes", parts());
        json.put("guest_cpu_ms", millis(process.guestCpuNanos()));
        json.put("device_ms", millis(totals.driverNanos()));
        json.put(
                "tokens",
                Map.of("prefill", totals.tokensIn(), "decode", totals.tokensOut(), "cached", totals.tokensReused()));
        json.put("steps", steps());
        json.put("operations", operations());
        json.put("calls", calls());
        json.put("lines", lines());
        json.put("stacks", stacks());
        json.put("advice", advice().stream().map(Summary::json).toList());
        var dropped = new LinkedHashMap<String, Object>();
        for (Lane lane : Lane.values()) {
            if (timeline.dropped(lane) > 0) {
                dropped.put(lane.name().toLowerCase(Locale.ROOT), timeline.dropped(lane));
            }
        }
        json.put("dropped", dropped);
        return json;
    }

    private Map<String, Object> parts() {
        var json = new LinkedHashMap<String, Object>();
        for (Part part : Part.values()) {
            if (part == Part.LOST) {
                continue;
            }
            long all = lanes.total(part);
            var one = new LinkedHashMap<String, Object>();
            one.put("ms", millis(all));
            one.put("share", (double) all / lanes.wall());
            if (part == Part.WAITS || part == Part.FORWARD) {
                var by = new LinkedHashMap<String, Object>();
                sorted(lanes.totals().getOrDefault(part, Map.of()))
                        .forEach(e -> by.put(e.getKey(), millis(e.getValue())));
                one.put("by", by);
            }
            json.put(part.key(), one);
        }
        return json;
    }

    static List<Map.Entry<String, Long>> sorted(Map<String, Long> sums) {
        return sums.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .toList();
    }

    /** Add up steps of one kind. */
    record Steps(String kind, int count, long nanos, long shareNanos, long tokens, long batchTokens) {
        Steps plus(Entry entry, Note.Step step) {
            return new Steps(
                    kind,
                    count + 1,
                    nanos + entry.nanos(),
                    shareNanos + step.shareNanos(),
                    tokens + step.tokens(),
                    batchTokens + step.batchTokens());
        }
    }

    static List<Steps> steps(Timeline timeline) {
        var kinds = new LinkedHashMap<String, Steps>();
        for (Entry entry : timeline.entries(Lane.STEPS)) {
            if (entry.note() instanceof Note.Step step) {
                Steps sum = kinds.getOrDefault(entry.name(), new Steps(entry.name(), 0, 0, 0, 0, 0));
                kinds.put(entry.name(), sum.plus(entry, step));
            }
        }
        return List.copyOf(kinds.values());
    }

    private List<Map<String, Object>> steps() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Steps s : steps(timeline)) {
            var json = new LinkedHashMap<String, Object>();
            json.put("kind", s.kind());
            json.put("count", s.count());
            json.put("ms", millis(s.nanos()));
            json.put("share_ms_estimate", millis(s.shareNanos()));
            json.put("tokens", s.tokens());
            json.put("batch_tokens", s.batchTokens());
            all.add(json);
        }
        return all;
    }

    /** Add up operations of one kind that one line asked for. */
    record Operations(String name, Place place, int count, long nanos) {}

    static List<Operations> operations(Timeline timeline) {
        var sums = new LinkedHashMap<String, Operations>();
        for (Entry entry : timeline.entries(Lane.OPERATIONS)) {
            Place place = switch (entry.note()) {
                case Note.Operation o -> o.place();
                case Note.Asked a -> a.place();
                default -> Place.UNKNOWN;
            };
            sums.merge(
                    entry.name() + ' ' + place.at(),
                    new Operations(entry.name(), place, 1, entry.nanos()),
                    (a, b) -> new Operations(a.name(), a.place(), a.count() + b.count(), a.nanos() + b.nanos()));
        }
        return sums.values().stream()
                .sorted(Comparator.comparingLong(Operations::nanos).reversed())
                .toList();
    }

    private List<Map<String, Object>> operations() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Operations o : operations(timeline)) {
            var json = new LinkedHashMap<String, Object>();
            json.put("name", o.name());
            json.put("at", o.place().at());
            json.put("function", o.place().function());
            json.put("count", o.count());
            json.put("ms", millis(o.nanos()));
            all.add(json);
        }
        return all;
    }

    /** Return count and nanoseconds by the name of a call, the longest first. */
    static List<Map.Entry<String, long[]>> calls(Timeline timeline) {
        return timeline.calls().entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, long[]> e) -> e.getValue()[1])
                        .reversed())
                .toList();
    }

    private List<Map<String, Object>> calls() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map.Entry<String, long[]> call : calls(timeline)) {
            var json = new LinkedHashMap<String, Object>();
            json.put("name", call.getKey());
            json.put("count", call.getValue()[0]);
            json.put("ms", millis(call.getValue()[1]));
            all.add(json);
        }
        return all;
    }

    /** Return guest time by line, that in the line itself; the longest first. */
    static List<Map.Entry<Place, Long>> lines(Timeline timeline) {
        var sums = new LinkedHashMap<Place, Long>();
        timeline.samples().forEach((stack, nanos) -> sums.merge(stack.getLast(), nanos, Long::sum));
        return sums.entrySet().stream()
                .sorted(Map.Entry.<Place, Long>comparingByValue().reversed())
                .toList();
    }

    private List<Map<String, Object>> lines() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map.Entry<Place, Long> line : lines(timeline)) {
            var json = new LinkedHashMap<String, Object>();
            json.put("at", line.getKey().at());
            json.put("function", line.getKey().function());
            json.put("ms", millis(line.getValue()));
            all.add(json);
        }
        return all;
    }

    private List<Map<String, Object>> stacks() {
        List<Map<String, Object>> all = new ArrayList<>();
        timeline.samples().entrySet().stream()
                .sorted(Map.Entry.<List<Place>, Long>comparingByValue().reversed())
                .limit(MOST_STACKS)
                .forEach(e -> all.add(
                        Map.of("frames", e.getKey().stream().map(Place::at).toList(), "ms", millis(e.getValue()))));
        return all;
    }

    List<Advice> advice() {
        return Advice.of(timeline, lanes.wall(), totals.tokensIn());
    }

    private static Map<String, Object> json(Advice advice) {
        var json = new LinkedHashMap<String, Object>();
        json.put("pattern", advice.pattern());
        json.put("at", advice.place().at());
        json.put("function", advice.place().function());
        json.put("what", advice.what());
        json.put("instead", advice.instead());
        return json;
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
