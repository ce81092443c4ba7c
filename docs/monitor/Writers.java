// Several drafts of one text at once: the prompt is computed once, its pages are shared, and the drafts fill the batch.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Integer drafts, Integer rounds, Integer tokens, Integer seed) {}

int or(Integer value, int otherwise) {
    return value != null ? value : otherwise;
}

String main(Input input) {
    var model = Model.load(PieRuntime.models().getFirst());
    int rounds = or(input.rounds(), 4);
    for (int round = 0; round < rounds; round++) {
        try (var base = new Context(model)) {
            base.user("Write a short story about a lighthouse, version " + or(input.seed(), 1) + "." + round + ".");
            base.cue();
            base.flush();
            var drafts = new ArrayList<Context>();
            var running = new ArrayList<CompletableFuture<String>>();
            for (int i = 0; i < or(input.drafts(), 2); i++) {
                var draft = base.fork();
                drafts.add(draft);
                var options = GenerateOptions.of().maxTokens(or(input.tokens(), 50)).stop(new int[0]);
                running.add(draft.generate(Sampler.topP(0.9, 0.95).seed(i), options).collectTextAsync());
            }
            for (var each : running) {
                String text = each.join().strip();
                System.out.println(text.substring(0, Math.min(60, text.length())));
            }
            drafts.forEach(Context::close);
        }
    }
    return rounds + " rounds";
}
