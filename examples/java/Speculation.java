// System speculation: the engine guesses tokens from what was written before and checks several in one pass.
// The text is the same with and without; a text that repeats itself takes far fewer passes.
import pie.inferlet.*;

record Input(Optional<String> prompt, Optional<Integer> max_tokens) {}

record Run(String text, long passes, long drafted, long accepted) {}

record Report(boolean same, Run plain, Run drafted) {}

static final String LIST =
        "red green blue yellow red green blue yellow red green blue yellow red green blue yellow red green";

Run run(Model model, String prompt, int maxTokens, boolean speculate) {
    Stats before = PieRuntime.stats();
    var ctx = new Context(model).appendText(prompt);
    var options = GenerateOptions.of().maxTokens(maxTokens).autoFlush(false).systemSpeculation(speculate);
    String text = ctx.generate(Sampler.argmax(), options).collectText();
    Stats after = PieRuntime.stats();
    return new Run(
            text,
            after.forwardPasses() - before.forwardPasses(),
            after.tokensDrafted() - before.tokensDrafted(),
            after.tokensAccepted() - before.tokensAccepted());
}

Report main(Input input) {
    var model = Model.first();
    String prompt = input.prompt().orElse(LIST);
    int n = input.max_tokens().orElse(32);
    Run plain = run(model, prompt, n, false);
    Run drafted = run(model, prompt, n, true);
    return new Report(plain.text().equals(drafted.text()), plain, drafted);
}
