import pie.inferlet.*;

record Input(int[] prompt, int max_tokens) {}

record Report(int tokens) {}

Report main(Input input) {
    var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
    ctx.append(input.prompt());
    var options = GenerateOptions.of().maxTokens(input.max_tokens()).stop(List.of(), List.of()).autoFlush(false);
    var plan = ctx.generate(Sampler.argmax(), options);
    plan.collectText();
    return new Report(plan.tokensGenerated());
}
