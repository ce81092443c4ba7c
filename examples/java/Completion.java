// Raw completion: go on with a text as it stands, without a chat template, up to the end of its line.
import pie.inferlet.*;

record Input(Optional<String> prompt, Optional<Integer> max_tokens) {}

record Completed(String prompt, String text, String finish, int tokens) {}

Completed main(Input input) {
    var model = Model.first();
    String prompt = input.prompt().orElse("The days of the week are Monday, Tuesday,");
    var ctx = new Context(model).appendText(prompt);
    var options = GenerateOptions.of()
            .maxTokens(input.max_tokens().orElse(24))
            .autoFlush(false) // no header of an assistant's turn, and no stop tokens but these
            .stop(model.info().stopIds(), List.of("\n"));
    Generator generation = ctx.generate(Sampler.argmax(), options);
    String text = generation.collectText();
    return new Completed(prompt, text, generation.finishReason().orElse("none"), generation.tokensGenerated());
}
