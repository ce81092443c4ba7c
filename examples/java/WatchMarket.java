// Watch the market from inside: read what the scheduler says between two passes, and draw it.
// Rivals, contexts of the same program, make pages short where there are few. The returned value is a picture:
//     ./pie run -q --pages 36 examples/java/WatchMarket.java -- --rivals 3 > market.svg
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Integer rivals, Integer max_tokens) {}

record Series(String name, String unit, String colour) {}

final List<Series> series = List.of(
        new Series("balance", "credits left", "#3b7dd8"),
        new Series("rent", "credits a page and step", "#c25450"),
        new Series("dividend", "credits of the last step", "#4f9d69"),
        new Series("latency", "milliseconds a step", "#8a63c0"),
        new Series("price", "credits a new page", "#b8862d"));

CompletableFuture<int[]> rival(Model model, int n, int tokens) {
    var ctx = new Context(model);
    ctx.append(IntStream.range(0, 120).map(i -> 1000 + 97 * n + i).toArray());
    return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(tokens).stop(new int[0]))
            .collectTokensAsync()
            .whenComplete((ids, failure) -> ctx.close());
}

String panel(int n, List<double[]> samples) {
    int top = 84 * n;
    double max = samples.stream().mapToDouble(s -> s[n + 1]).max().orElseThrow();
    double most = Math.max(max, 1e-9);
    double begin = samples.getFirst()[0];
    double end = samples.getLast()[0] + 1e-9;
    var points = new StringBuilder();
    for (double[] s : samples) {
        points.append(String.format("%.1f,%.1f ", 170 + 450 * (s[0] - begin) / (end - begin), top + 74 - 60 * s[n + 1] / most));
    }
    Series of = series.get(n);
    return String.format(
            "<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s</text><text x=\"8\" y=\"%d\">%s</text>"
                    + "<text x=\"8\" y=\"%d\">max %.4f</text><path d=\"M170 %dH620\" stroke=\"#8884\"/>"
                    + "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n",
            top + 24, of.name(), top + 42, of.unit(), top + 60, max, top + 74, points.toString().strip(), of.colour());
}

String picture(List<double[]> samples) {
    var panels = new StringBuilder();
    for (int n = 0; n < series.size(); n++) {
        panels.append(panel(n, samples));
    }
    return String.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 446\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#777\">%n"
                    + "%s<text x=\"170\" y=\"438\">%.1f s</text><text x=\"620\" y=\"438\" text-anchor=\"end\">%.1f s</text></svg>",
            panels, samples.getFirst()[0], samples.getLast()[0]);
}

String main(Input input) {
    var model = Model.load(PieRuntime.models().getFirst());
    var ctx = new Context(model);
    ctx.user("Write about the sea.");
    ctx.cue();
    int tokens = input.max_tokens() != null ? input.max_tokens() : 160;
    var rivals = new ArrayList<CompletableFuture<int[]>>();
    for (int n = 0; n < (input.rivals() != null ? input.rivals() : 0); n++) {
        rivals.add(rival(model, n, tokens));
    }
    var samples = new ArrayList<double[]>();
    long begun = System.nanoTime();
    for (GenStep step : ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(tokens).stop(new int[0]))) {
        step.execute();
        samples.add(new double[] {
            (System.nanoTime() - begun) / 1e9,
            Scheduling.balance(model),
            Scheduling.rent(ctx),
            Scheduling.dividend(model),
            1000 * Scheduling.latency(ctx),
            Scheduling.price()
        });
    }
    rivals.forEach(CompletableFuture::join);
    return picture(samples);
}
