// Bids: pay more for one pass, hold a price, bid nothing while idle, and ask the scheduler why one had to wait.
// With `rivals` the contexts of this program compete for pages: `./pie run --pages 24 Bids.java -- --rivals 3`.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Optional<Integer> rivals, Optional<Integer> max_tokens) {}

record Report(
        boolean standard,
        Map<String, Object> bids,
        List<Integer> made,
        List<Object> displaced_by,
        String process,
        Object missed,
        boolean spent_is_rent_and_make,
        double balance,
        long recomputed) {}

@SuppressWarnings("unchecked")
List<Map<String, Object>> explained(String list) {
    return (List<Map<String, Object>>) Scheduling.explain().get(list);
}

// One more pass, and what was bid for it.
double bidOf(Context ctx) {
    ctx.append(5).flush();
    return explained("contexts").stream().mapToDouble(c -> ((Number) c.get("bid")).doubleValue()).max().orElseThrow();
}

// A context that has its pages, and bids four times as much as the one before.
Context rival(Model model, int n) {
    var ctx = new Context(model).append(IntStream.range(0, 96).map(i -> 1000 + 97 * n + i).toArray());
    ctx.setBid(0.001 * Math.pow(4, n), true).flush();
    return ctx;
}

CompletableFuture<Integer> compete(Context ctx, int maxTokens) {
    return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(maxTokens).stop(List.of(), List.of()).autoFlush(false))
            .collectTokensAsync()
            .whenComplete((tokens, failure) -> ctx.close())
            .thenApply(tokens -> tokens.length);
}

Report main(Input input) {
    var model = Model.first();
    var bids = new LinkedHashMap<String, Object>();
    double standard;
    try (Context ctx = new Context(model).appendText("The quick brown fox")) {
        standard = bidOf(ctx);
        ctx.setBid(0.25);
        bids.put("one pass", bidOf(ctx));
        bids.put("after it", bidOf(ctx) < 0.25);
        ctx.setBid(0.5, true);
        bids.put("held", List.of(bidOf(ctx), bidOf(ctx)));
        try (IdleScope idle = ctx.idle()) {
            bids.put("idle", bidOf(ctx));
        }
        bids.put("resumed", bidOf(ctx));
    }
    try (Context ctx = new Context(model).appendText("A fork bids")) {
        ctx.flush();
        ctx.setBid(0.75, true);
        bidOf(ctx);
        try (Context child = ctx.fork()) {
            ctx.clearBid();
            bidOf(ctx);
            bids.put("fork, first pass", bidOf(child));
        }
    }

    var rivals = IntStream.range(0, input.rivals().orElse(0)).mapToObj(n -> rival(model, n)).toList();
    var running = rivals.stream().map(ctx -> compete(ctx, input.max_tokens().orElse(48))).toList();
    var made = running.stream().map(CompletableFuture::join).toList();
    Stats stats = PieRuntime.stats();
    var displacedBy = explained("market").stream()
            .filter(event -> event.get("kind").equals("displaced"))
            .map(event -> event.get("by"))
            .toList();
    return new Report(
            standard > 0,
            bids,
            made,
            displacedBy,
            PieRuntime.instanceId(),
            Scheduling.explain().getOrDefault("missed", Map.of()),
            Math.abs(stats.creditsSpent() - stats.rentPaid() - stats.makeCost()) < 1e-6,
            Scheduling.balance(model),
            stats.tokensRecomputed());
}
