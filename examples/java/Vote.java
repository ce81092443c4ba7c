// Vote: answer n times at once from one prefilled prompt, and take what most of the answers say (self-consistency).
// The prompt is computed once; the n branches share its pages and are decoded together, in one batch.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Optional<String> question, Optional<Integer> n) {}

record Report(int answer, int votes, List<Integer> answers) {}

static final String QUESTION = "Tom has 3 apples and buys 4 more. How many apples does he have? Answer with a number.";

CompletableFuture<Integer> answer(Context branch, int seed) {
    var options = GenerateOptions.of().constrain(Schema.regex("[0-9]{1,2}\\.")).maxTokens(6);
    return branch.generate(Sampler.topP(0.9, 0.95).seed(seed), options)
            .collectTextAsync()
            .thenApply(text -> Integer.parseInt(text.replaceAll("\\D", "")));
}

Report main(Input input) {
    var base = new Context(Model.first()).user(input.question().orElse(QUESTION)).cue();
    base.flush();
    var running = new ArrayList<CompletableFuture<Integer>>();
    for (int i = 0; i < input.n().orElse(5); i++) {
        running.add(answer(base.fork(), i));
    }
    var answers = running.stream().map(CompletableFuture::join).toList();
    var votes = new TreeMap<Integer, Integer>();
    answers.forEach(answer -> votes.merge(answer, 1, Integer::sum));
    int winner = votes.firstKey();
    for (int answer : votes.keySet()) {
        if (votes.get(answer) > votes.get(winner)) {
            winner = answer;
        }
    }
    return new Report(winner, votes.get(winner), answers);
}
