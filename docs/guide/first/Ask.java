import pie.inferlet.*;

record Input(String question) {}

long main(Input input) {
    Model model = Model.load(PieRuntime.models().getFirst());
    var ctx = new Context(model);
    ctx.system("Answer in one short sentence.");
    ctx.user(input.question());
    for (GenStep step : ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(40))) {
        Output out = step.execute();
        IO.print(out.text());
    }
    return PieRuntime.stats().tokensOut();
}
