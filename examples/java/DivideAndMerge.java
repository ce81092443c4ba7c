// Divide and merge: split a question under a grammar, answer its parts at once on forks, and merge the answers as they arrive.
// A part may be split again (`depth`), which makes it a tree of thought; each answer becomes a turn of the conversation above it.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Optional<String> question, Optional<Integer> depth, Optional<Integer> max_tokens) {}

record Split(String question, List<String> parts) {}

record Report(String answer, List<Split> splits, long tokens_in, long reused) {}

static final Schema PARTS = Schema.regex("1\\. [A-Z][a-z ]{8,40}\\?\\n2\\. [A-Z][a-z ]{8,40}\\?");
static final String SYSTEM = "You answer in one short sentence.";

final List<Split> seen = new ArrayList<>();

CompletableFuture<List<String>> divide(Context base, String question) {
    var ctx = base.fork().user("Split this into two simpler questions: " + question);
    return ctx.generate(Sampler.argmax(), GenerateOptions.of().constrain(PARTS).maxTokens(40))
            .collectTextAsync()
            .whenComplete((text, failure) -> ctx.close())
            .thenApply(text -> text.lines().map(line -> line.substring(3)).toList());
}

CompletableFuture<String> solve(Context base, String question, int depth, int maxTokens) {
    var merged = base.fork();
    CompletableFuture<?> ready = depth == 0
            ? CompletableFuture.completedFuture("")
            : divide(base, question).thenCompose(parts -> {
                seen.add(new Split(question, parts));
                var branches = parts.stream()
                        .map(part -> solve(base, part, depth - 1, maxTokens).thenCompose(answer -> {
                            merged.user(part).assistant(answer);
                            return merged.flushAsync(); // what has arrived is computed while the other branch is still at work
                        }))
                        .toList();
                return CompletableFuture.allOf(branches.toArray(CompletableFuture[]::new));
            });
    return ready.thenCompose(x -> merged.user(question)
                    .generate(Sampler.argmax(), GenerateOptions.of().maxTokens(maxTokens))
                    .collectTextAsync())
            .whenComplete((text, failure) -> merged.close())
            .thenApply(String::strip);
}

Report main(Input input) {
    var base = new Context(Model.first()).system(SYSTEM);
    base.flush();
    String question = input.question().orElse("How do ships find their way at sea, and why does it matter?");
    String answer = solve(base, question, input.depth().orElse(1), input.max_tokens().orElse(24)).join();
    Stats stats = PieRuntime.stats();
    return new Report(answer, seen, stats.tokensIn(), stats.tokensReused());
}
