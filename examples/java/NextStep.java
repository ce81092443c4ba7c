// Next-step control: take a generation token by token, leave it in the middle, write something of your own, and go on.
// However far the engine runs ahead of the program, and whether or not the program looks at every step, the text is the same.
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> max_tokens) {}

record Report(String text, Map<Integer, Boolean> same, boolean single_tokens_same, boolean left_after, String gone_on) {}

static final Sampler SAMPLER = Sampler.topP(0.8, 0.95).seed(3);

GenerateOptions most(int n) {
    return GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false);
}

Report main(Input input) {
    var model = Model.first();
    int n = input.max_tokens().orElse(12);
    var prompt = new Context(model).appendText(input.text().orElse("Once upon a time there was"));
    prompt.flush();

    int[] collected = prompt.fork().generate(SAMPLER, most(n)).collectTokens();
    var stepped = new TreeMap<Integer, Boolean>();
    for (int runAhead : new int[] {0, 1, 8}) {
        var tokens = IntStream.builder();
        for (GenStep step : prompt.fork().generate(SAMPLER, most(n).runAhead(runAhead))) {
            Arrays.stream(step.execute().tokens()).forEach(tokens);
        }
        stepped.put(runAhead, Arrays.equals(tokens.build().toArray(), collected));
    }

    Generator single = prompt.fork().generate(SAMPLER, most(n));
    var tokens = IntStream.builder();
    for (OptionalInt token = single.nextToken(); token.isPresent(); token = single.nextToken()) {
        tokens.add(token.getAsInt());
    }

    Generator left = prompt.fork().generate(SAMPLER, most(n));
    var seen = new ArrayList<Integer>();
    for (GenStep step : left) {
        Arrays.stream(step.execute().tokens()).forEach(seen::add);
        if (seen.size() == n / 2) {
            break;
        }
    }
    Context ctx = left.context();
    int length = ctx.tokens().length;
    ctx.appendText(" But then"); // what the engine had in front is rolled back
    String rest = ctx.generate(SAMPLER, most(n / 2)).collectText();
    return new Report(
            model.tokenizer().decode(collected),
            stepped,
            Arrays.equals(tokens.build().toArray(), collected),
            seen.equals(Arrays.stream(collected).limit(seen.size()).boxed().toList())
                    && length == prompt.seqLen() + seen.size(),
            rest);
}
