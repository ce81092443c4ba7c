// Chat: stream each answer piece by piece as the model produces it, then wait for the next message of the client.
// The conversation stays in one context, so every turn computes its new tokens only.
// Send messages with `pie send ID TEXT`, or type them in `pie attach ID`; an empty message ends the chat.
import pie.inferlet.*;

record Input(List<String> messages, Boolean interactive, Integer max_tokens) {}

record Report(int turns, long tokens_in) {}

void answer(Context ctx, Model model, int maxTokens) {
    var decoder = new Chat.Decoder(model);
    for (GenStep step : ctx.generate(Sampler.topP(0.6, 0.95).seed(7), GenerateOptions.of().maxTokens(maxTokens))) {
        Output out = step.execute();
        for (Chat.Event event : decoder.feedAll(out)) {
            if (event instanceof Chat.Event.Delta(String text)) {
                Session.send(text);
            }
        }
    }
}

Report main(Input input) {
    var model = Model.load(PieRuntime.models().getFirst());
    var ctx = new Context(model);
    ctx.system("You are a friendly assistant. Keep answers short.");
    var turns = new ArrayDeque<String>(input.messages() != null
            ? input.messages()
            : List.of("Hello! Who are you?", "Tell me one fact about the sea."));
    boolean interactive = input.interactive() != null && input.interactive();
    int count = 0;
    while (!turns.isEmpty() || interactive) {
        String message = turns.isEmpty() ? Session.receive() : turns.poll();
        if (message.isEmpty()) {
            break;
        }
        ctx.user(message);
        answer(ctx, model, input.max_tokens() != null ? input.max_tokens() : 64);
        Session.send("\n[done]\n");
        count++;
    }
    return new Report(count, PieRuntime.stats().tokensIn());
}
