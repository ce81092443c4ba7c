import pie.inferlet.*;

record Input(List<String> reviews) {}

enum Subject { film, book, food }

record Verdict(boolean positive, Subject subject) {}

CompletableFuture<Verdict> judge(Context prefix, String review) {
    Context ctx = prefix.fork();
    ctx.user(review);
    var compact = Schema.json(Verdict.class, Grammar.Options.of().compact(true));
    return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(60).constrain(compact)).collectJsonAsync(Verdict.class);
}

List<Verdict> main(Input input) {
    var prefix = new Context(Model.load(PieRuntime.models().getFirst()));
    prefix.system("Say whether the review is positive, and whether it is of a film, a book or food.");
    prefix.flush();
    var verdicts = input.reviews().stream().map(review -> judge(prefix, review)).toList();
    return verdicts.stream().map(CompletableFuture::join).toList();
}
