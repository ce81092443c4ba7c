package pie.server.profile;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessState;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Timeline;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Write a timeline in the Trace Event Format of Chrome, which Perfetto and chrome://tracing read; times in microseconds since the record
 * began.
 *
 * <p>Threads 2, 3, 5 and 7 hold the parts of the wall time: no two of their spans overlap, and all of them together cover it.
 */
final class TraceWriter {
    private static final int LIFECYCLE = 1;
    private static final int GUEST = 2;
    private static final int FORWARD = 3;
    private static final int MEMORY = 4;
    private static final int WAITS = 5;
    private static final int OUTPUT = 6;
    private static final int CALLS = 7;
    private static final int STEPS = 8;
    private static final int OPERATIONS = 9;

    private final InferletProcess process;
    private final Timeline timeline;
    private final Lanes lanes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator json = JsonMapper.shared().createGenerator(bytes);

    TraceWriter(InferletProcess process, Timeline timeline, Lanes lanes) {
        this.process = process;
        this.timeline = timeline;
        this.lanes = lanes;
    }

    byte[] bytes() {
        json.writeStartObject();
        json.writeStringProperty("displayTimeUnit", "ms");
        json.writeName("otherData");
        json.writeStartObject();
        json.writeStringProperty("process", process.id().toString());
        json.writeStringProperty("program", process.program());
        json.writeStringProperty("model", process.model());
        json.writeStringProperty("start_time", process.created().toString());
        json.writeNumberProperty("wall_us", lanes.wall() / 1e3);
        long dropped = 0;
        for (Lane lane : Lane.values()) {
            dropped += timeline.dropped(lane);
        }
        json.writeNumberProperty("dropped", dropped);
        json.writeEndObject();
        json.writeName("traceEvents");
        json.writeStartArray();
        names();
        lifecycle();
        for (Slice slice : lanes.slices()) {
            span(tid(slice.part()), slice.name(), slice.begin(), slice.end());
            end();
        }
        steps();
        entries(Lane.OPERATIONS, OPERATIONS);
        entries(Lane.MEMORY, MEMORY);
        entries(Lane.OUTPUT, OUTPUT);
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        return bytes.toByteArray();
    }

    private static int tid(Part part) {
        return switch (part) {
            case GUEST -> GUEST;
            case CALLS -> CALLS;
            case FORWARD -> FORWARD;
            case WAITS, LOST -> WAITS;
        };
    }

    private void names() {
        metadata("process_name", 0, "name", process.program());
        List<String> names = List.of(
                "lifecycle", "guest", "forward", "memory", "waits", "output", "host calls", "steps", "operations");
        int[] order = {1, 2, 4, 8, 5, 9, 3, 6, 7};
        for (int i = 0; i < names.size(); i++) {
            metadata("thread_name", i + 1, "name", names.get(i));
            begin("M", "thread_sort_index", i + 1);
            json.writeName("args");
            json.writeStartObject();
            json.writeNumberProperty("sort_index", order[i]);
            json.writeEndObject();
            end();
        }
    }

    private void metadata(String what, int tid, String key, String value) {
        begin("M", what, tid);
        json.writeName("args");
        json.writeStartObject();
        json.writeStringProperty(key, value);
        json.writeEndObject();
        end();
    }

    /** Write what the process was in the large: queued, starting, running, stopping. */
    private void lifecycle() {
        long from = lanes.begin();
        String now = "";
        for (Entry stretch : timeline.entries(Lane.LIFE)) {
            String state = switch (stretch.name()) {
                case "queued", "starting", "stopping" -> stretch.name();
                default -> ProcessState.RUNNING.word();
            };
            if (!state.equals(now)) {
                if (!now.isEmpty()) {
                    span(LIFECYCLE, now, from, stretch.begin());
                    end();
                }
                from = stretch.begin();
                now = state;
            }
        }
        if (!now.isEmpty()) {
            span(LIFECYCLE, now, from, lanes.end());
            end();
        }
    }

    private void steps() {
        for (Entry entry : timeline.entries(Lane.STEPS)) {
            if (!(entry.note() instanceof Note.Step step)) {
                continue;
            }
            span(STEPS, entry.name(), entry.begin(), entry.end());
            json.writeName("args");
            json.writeStartObject();
            json.writeNumberProperty("step", step.step());
            json.writeNumberProperty("tokens", step.tokens());
            json.writeStringProperty("kind", entry.name());
            json.writeNumberProperty("context", step.context());
            json.writeNumberProperty("contexts", step.contexts());
            json.writeNumberProperty("batch_tokens", step.batchTokens());
            json.writeNumberProperty("batch_size", step.batchSize());
            json.writeName("mates");
            json.writeStartArray();
            step.mates().forEach(json::writeString);
            json.writeEndArray();
            json.writeNumberProperty("others", step.others());
            json.writeNumberProperty("device_us", entry.nanos() / 1e3);
            json.writeNumberProperty("share_us_estimate", step.shareNanos() / 1e3);
            json.writeNumberProperty("replayed", step.replayed());
            json.writeNumberProperty("drafts", step.drafts());
            json.writeNumberProperty("accepted", step.accepted());
            json.writeEndObject();
            end();
            counter(MEMORY, "pages", entry.end(), step.pages());
            counter(OUTPUT, "tokens", entry.end(), step.tokensOut());
            counter(OUTPUT, "price", entry.end(), step.price());
            counter(OUTPUT, "balance", entry.end(), step.balance());
        }
    }

    private void entries(Lane lane, int tid) {
        for (Entry entry : timeline.entries(lane)) {
            if (entry.moment()) {
                begin("i", entry.name(), tid);
                at(entry.begin());
                json.writeStringProperty("s", "t");
            } else {
                span(tid, entry.name(), entry.begin(), entry.end());
            }
            args(entry.note());
            end();
        }
    }

    private void args(Note note) {
        Map<String, Object> args = switch (note) {
            case Note.Nothing n -> Map.of();
            case Note.Asked a -> Map.of("at", a.place().at());
            case Note.Operation o -> Map.of("at", o.place().at(), "context", o.context());
            case Note.Amount a -> Map.of(a.what(), a.value());
            case Note.Step s -> Map.of("step", s.step());
        };
        if (!args.isEmpty()) {
            json.writeName("args");
            json.writePOJO(args);
        }
    }

    private void counter(int tid, String name, long at, double value) {
        begin("C", name, tid);
        at(at);
        json.writeName("args");
        json.writeStartObject();
        json.writeNumberProperty(name, value);
        json.writeEndObject();
        end();
    }

    private void span(int tid, String name, long from, long to) {
        begin("X", name, tid);
        at(from);
        json.writeNumberProperty("dur", (to - from) / 1e3);
    }

    private void at(long nanos) {
        json.writeNumberProperty("ts", (nanos - lanes.begin()) / 1e3);
    }

    private void begin(String phase, String name, int tid) {
        json.writeStartObject();
        json.writeStringProperty("ph", phase);
        json.writeStringProperty("name", name);
        json.writeNumberProperty("pid", 1);
        json.writeNumberProperty("tid", tid);
    }

    private void end() {
        json.writeEndObject();
    }
}
