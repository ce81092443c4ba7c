// Raw pages: reserve, fill, commit, truncate and release the pages of a context by hand, and watch its counters.
// Give them up for a while, and go on as if nothing had happened.
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<Integer> max_tokens) {}

record Report(int page_size, Map<String, List<Integer>> steps, boolean goes_on, int[] tokens) {}

List<Integer> counters(Context ctx) {
    return List.of(ctx.committedPageCount(), ctx.workingPageCount(), ctx.workingPageTokenCount(), ctx.seqLen());
}

Report main(Input input) {
    var model = Model.first();
    var ctx = new Context(model, ContextOptions.of().prefixCache(false));
    int size = ctx.pageSize();
    var steps = new LinkedHashMap<String, List<Integer>>();
    ctx.reserveWorkingPages(3);
    steps.put("reserved", counters(ctx));
    try {
        ctx.commitWorkingPages(1);
    } catch (PieException e) {
        if (e.code() == ErrorCode.INVALID_ARGUMENT) {
            steps.put("empty pages are not committed", counters(ctx));
        }
    }
    ctx.forward().input(IntStream.range(1000, 1000 + 2 * size + 5).toArray()).deferCommit().execute();
    steps.put("filled", counters(ctx));
    ctx.commitWorkingPages(1);
    steps.put("committed one", counters(ctx));
    ctx.truncateWorkingPageTokens(7);
    steps.put("truncated 7", counters(ctx));
    ctx.releaseWorkingPages(1);
    steps.put("released one", counters(ctx));

    var twin = ctx.fork();
    ctx.suspend(); // its pages go back; the tokens stay
    var options = GenerateOptions.of().maxTokens(input.max_tokens().orElse(8)).stop(List.of(), List.of()).autoFlush(false);
    int[] after = ctx.generate(Sampler.argmax(), options).collectTokens();
    int[] beside = twin.generate(Sampler.argmax(), options).collectTokens();
    return new Report(size, steps, Arrays.equals(after, beside), after);
}
