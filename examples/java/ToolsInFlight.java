// Tools in flight: the model writes on while an HTTP call runs; its answer is framed into the text when it is there.
// The frame's brackets are banned for the model, so only the program can write one. A checkpoint lets it take back what
// depended on the call.
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import pie.inferlet.*;

record Input(String url, Optional<Integer> max_tokens) {}

record Report(String text, int before, int after, boolean checkpoint_holds) {}

// All ids whose bytes contain one of the letters.
Mask banned(Model model, String letters) {
    var all = model.tokenizer().vocabs();
    return Mask.ids(IntStream.range(0, all.ids().length)
            .filter(i -> new String(all.bytes()[i], StandardCharsets.ISO_8859_1).chars().anyMatch(c -> letters.indexOf(c) >= 0))
            .map(i -> all.ids()[i])
            .toArray());
}

List<Integer> write(Generator generator) {
    var tokens = new ArrayList<Integer>();
    for (GenStep step : generator) {
        Arrays.stream(step.execute().tokens()).forEach(tokens::add);
    }
    return tokens;
}

Report main(Input input) {
    var model = Model.first();
    var tokenizer = model.tokenizer();
    var options = GenerateOptions.of()
            .maxTokens(input.max_tokens().orElse(12))
            .stop(List.of(), List.of())
            .autoFlush(false)
            .logitMask(banned(model, "[]").not(model.info().vocabSize()));
    var ctx = new Context(model).user("Describe a walk in the town, whatever the weather.").cue();
    ctx.flush();
    String checkpoint = ctx.snapshot(Duration.ofMinutes(10));

    var call = Http.getAsync(input.url(), FetchOptions.of());
    List<Integer> tokens = write(ctx.generate(Sampler.argmax(), options)); // decoded while the call is on its way
    int[] frame = tokenizer.encode(" [weather: " + new String(call.join(), StandardCharsets.UTF_8) + "]");
    ctx.append(frame);
    Generator generation = ctx.generate(Sampler.argmax(), options);
    int[] opening = generation.accept(tokenizer.encode(" So")); // words put into the model's mouth
    List<Integer> after = write(generation);

    var again = Context.open(model, checkpoint); // as if nothing had been written
    List<Integer> repeated = write(again.generate(Sampler.argmax(), options));
    Context.delete(model, checkpoint);
    int[] all = Stream.of(
                    tokens.stream().mapToInt(t -> t),
                    Arrays.stream(frame),
                    Arrays.stream(opening),
                    after.stream().mapToInt(t -> t))
            .flatMapToInt(part -> part)
            .toArray();
    return new Report(
            tokenizer.decode(all, true), tokens.size(), opening.length + after.size(), repeated.equals(tokens));
}
