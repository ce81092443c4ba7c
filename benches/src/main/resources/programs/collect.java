import pie.inferlet.*;

record Input(int[] prompt, int max_tokens) {}

record Report(int tokens) {}

Report main(Input input) {
    var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
    ctx.append(input.prompt());
    var plan = GenerateOptions.of().maxTokens(input.max_tokens()).stop(List.of(), List.of()).autoFlush(false);
    return new Report(ctx.generate(Sampler.argmax(), plan).collectTokens().length);
}
