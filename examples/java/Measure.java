// Measuring harness: jobs arrive as messages, each makes exactly n tokens, and what it cost goes back to the client.
// Send `{"prompt": "…", "n": 16}` with `pie send ID TEXT`, as many as you like, and an empty message to end.
import pie.inferlet.*;

record Cost(int tokens, long tokens_in, long reused, long passes, double seconds, double driver_seconds, double per_token_ms) {}

record Report(int jobs, long tokens_out, double wall_seconds, double pages_peak) {}

Cost measure(Model model, String prompt, int n) {
    Stats before = PieRuntime.stats();
    long started = System.nanoTime();
    int[] tokens;
    try (var ctx = new Context(model).appendText(prompt)) {
        var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false);
        tokens = ctx.generate(Sampler.argmax(), options).collectTokens();
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    Stats after = PieRuntime.stats();
    return new Cost(
            tokens.length,
            after.tokensIn() - before.tokensIn(),
            after.tokensReused() - before.tokensReused(),
            after.forwardPasses() - before.forwardPasses(),
            seconds,
            after.timeDriver() - before.timeDriver(),
            1e3 * seconds / Math.max(1, tokens.length));
}

Report main() {
    var model = Model.first();
    int jobs = 0;
    for (String message = Session.receive(); !message.isEmpty(); message = Session.receive()) {
        var job = (Map<?, ?>) Json.parse(message, "job");
        String prompt = job.get("prompt") instanceof String text ? text : "Once upon a time";
        int n = job.get("n") instanceof Number number ? number.intValue() : 16;
        Session.send(measure(model, prompt, n));
        jobs++;
    }
    Stats stats = PieRuntime.stats();
    return new Report(jobs, stats.tokensOut(), stats.wallTime(), stats.pagesPeak());
}
