package pie.server.trace;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Entry;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Timeline;

/** Make spans of requests and of the processes that they start: http, then the process, its wait for a place, its run, and the
 * steps of the engine that it took part in. */
public final class RequestSpans {
    /** Routes that are asked again and again, and of which a trace says nothing. */
    private static final List<String> POLLED = List.of("/health/", "/metrics", "/v1/stats");

    /** Steps of one process that are told; its totals say how many there were. */
    private static final int MOST_FORWARD = 64;

    private final Optional<Tracer> tracer;

    /** @param tracer empty where nobody collects: then nothing is made */
    public RequestSpans(Optional<Tracer> tracer) {
        this.tracer = tracer;
    }

    public boolean on() {
        return tracer.isPresent();
    }

    /** Follow a process of the current request to its end; it must not have done anything yet. */
    public void follow(InferletProcess process) {
        if (tracer.isEmpty()) {
            return;
        }
        TraceContext context = TraceContext.current();
        if (!context.sampled()) {
            return;
        }
        var steps = Timeline.ofSteps(MOST_FORWARD);
        process.recordSteps(steps);
        process.outcome().thenAccept(outcome -> ended(tracer.get(), process, outcome, context, steps));
    }

    private static void ended(Tracer to, InferletProcess p, Outcome outcome, TraceContext context, Timeline steps) {
        Instant end = p.ended().orElseGet(Instant::now);
        String id = Span.newId();
        Map<String, Object> attributes = new LinkedHashMap<>();
        ProcessTotals totals = p.totals();
        attributes.put("pie.process.id", p.id().toString());
        attributes.put("pie.program", p.program());
        attributes.put("pie.kind", p.kind());
        attributes.put("pie.state", outcome.state().word());
        attributes.put("gen_ai.request.model", p.model());
        attributes.put("gen_ai.usage.input_tokens", totals.tokensIn() + totals.tokensReused());
        attributes.put("gen_ai.usage.output_tokens", totals.tokensOut());
        attributes.put("pie.tokens.cached", totals.tokensReused());
        attributes.put("pie.forward_passes", totals.forwardPasses());
        attributes.put("pie.device_ms", totals.driverNanos() / 1_000_000);
        p.firstTokenNanos().ifPresent(nanos -> attributes.put("pie.first_token_ms", nanos / 1_000_000));
        String error = outcome instanceof Outcome.Failed f ? f.code().name() : "";
        to.record(new Span(
                context.trace(),
                id,
                context.parent(),
                "process " + p.program(),
                false,
                nanos(p.created()),
                nanos(end),
                attributes,
                error));
        Instant started = p.started().orElse(end);
        boolean plain = p.kind().equals("openai"); // it is admitted or refused at once
        if (!plain) {
            to.record(part(context, id, "admission", p.created(), started, ""));
        }
        Span run = part(context, id, plain ? "generation" : "guest", started, end, error);
        to.record(run);
        forwards(to, run, p.timeline().orElse(steps));
    }

    /** Tell of the steps that the process was in, of many the first and the last ones. */
    private static void forwards(Tracer to, Span run, Timeline timeline) {
        long epoch = nanos(Instant.now()) - System.nanoTime();
        List<Entry> all = timeline.entries(Lane.STEPS);
        for (int i = 0; i < all.size(); i++) {
            boolean told = i < MOST_FORWARD / 2 || i >= all.size() - MOST_FORWARD / 2;
            if (told && all.get(i).note() instanceof Note.Step step) {
                to.record(forward(run, all.get(i), step, epoch));
            }
        }
    }

    private static Span forward(Span run, Entry entry, Note.Step step, long epoch) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("pie.step", step.step());
        attributes.put("pie.step.kind", entry.name());
        attributes.put("pie.step.tokens", step.tokens());
        attributes.put("pie.batch.tokens", step.batchTokens());
        attributes.put("pie.batch.size", step.batchSize());
        attributes.put("pie.device_share_us", step.shareNanos() / 1000);
        return new Span(
                run.trace(),
                Span.newId(),
                run.id(),
                "forward",
                false,
                epoch + entry.begin(),
                epoch + entry.end(),
                attributes,
                "");
    }

    private static Span part(TraceContext context, String of, String name, Instant from, Instant to, String error) {
        return new Span(context.trace(), Span.newId(), of, name, false, nanos(from), nanos(to), Map.of(), error);
    }

    /** Note an answered request. @param id of the span, under which what the request started is already told */
    public void request(
            TraceContext context, String id, String route, String method, int status, Instant from, long tookNanos) {
        if (tracer.isEmpty() || !context.sampled() || POLLED.stream().anyMatch(route::startsWith)) {
            return;
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("http.request.method", method);
        attributes.put("http.route", route);
        attributes.put("http.response.status_code", status);
        tracer.get()
                .record(new Span(
                        context.trace(),
                        id,
                        context.parent(),
                        method + " " + route,
                        true,
                        nanos(from),
                        nanos(from) + tookNanos,
                        attributes,
                        status >= 500 ? String.valueOf(status) : ""));
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000 + time.getNano();
    }

    public void close() {
        tracer.ifPresent(Tracer::close);
    }
}
