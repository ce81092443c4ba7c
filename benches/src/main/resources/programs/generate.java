import pie.inferlet.*;

record Input(int[] prompt, int max_tokens) {}

record Report(int tokens) {}

Report main(Input input) {
    var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
    ctx.append(input.prompt());
    var plan = GenerateOptions.of().maxTokens(input.max_tokens()).stop(List.of(), List.of()).autoFlush(false);
    int tokens = 0;
    for (GenStep step : ctx.generate(Sampler.argmax(), plan)) {
        Output out = step.execute();
        if (tokens == 0 && out.tokens().length > 0) {
            Session.send("first token");
        }
        tokens += out.tokens().length;
    }
    return new Report(tokens);
}
