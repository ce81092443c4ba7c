package pie.server.profile;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Timeline;

/** Show where the time of one process went, as far as it was recorded up to now. */
public final class Profile {
    private final InferletProcess process;
    private final Timeline timeline;
    private final Lanes lanes;

    private Profile(InferletProcess process, Timeline timeline) {
        this.process = process;
        this.timeline = timeline;
        lanes = Lanes.of(timeline);
    }

    /** @throws PieException NOT_FOUND if the process is not recorded */
    public static Profile of(InferletProcess process) {
        Timeline timeline = process.timeline()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "process " + process.id()
                                + " is not profiled: launch it with \"profile\": true, or POST to its timeline while it runs",
                        Map.of("kind", "timeline")));
        return new Profile(process, timeline);
    }

    /** Return what a process that is recorded should do otherwise, a sentence each; none for any other. */
    public static List<String> hints(InferletProcess process, ProcessTotals totals) {
        return process.timeline()
                .map(t -> Advice.of(t, Math.max(1, t.until() - t.begin()), totals.tokensIn()).stream()
                        .map(Advice::hint)
                        .toList())
                .orElse(List.of());
    }

    /** Return totals and advice, as a tree of JSON values. */
    public Map<String, Object> summary() {
        return new Summary(process, timeline, lanes).json();
    }

    /** Return the whole of it as a document that needs nothing else. */
    public byte[] as(ProfileFormat format) {
        return switch (format) {
            case CHROME -> new TraceWriter(process, timeline, lanes).bytes();
            case SVG -> Drawing.of(process, timeline, lanes).svg().getBytes(StandardCharsets.UTF_8);
            case HTML -> new Page(process, timeline, lanes).html().getBytes(StandardCharsets.UTF_8);
        };
    }
}
