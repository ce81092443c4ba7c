// Ask the model one question and return its answer.
import pie.inferlet.*;

record Input(String prompt, Integer max_tokens) {}

String main(Input input) {
    var model = Model.load(PieRuntime.models().getFirst());
    var ctx = new Context(model);
    ctx.system("You are a helpful assistant. Answer in one short sentence.");
    ctx.user(input.prompt() != null ? input.prompt() : "What is the capital of France?");
    int most = input.max_tokens() != null ? input.max_tokens() : 48;
    return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(most)).collectText().strip();
}
