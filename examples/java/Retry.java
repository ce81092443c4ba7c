// Retry with lessons: check each answer in the program, go back to the checkpoint, say what was wrong, and draw more freely.
// The checkpoint is a fork, so a retry computes the lesson and the new answer only, and no answer leaves before it has passed.
import pie.inferlet.*;

record Input(Optional<String> task, Optional<String> word, Optional<Integer> most_words, Optional<Integer> max_tokens) {}

record Attempt(double temperature, String text, List<String> wrong) {}

record Report(Optional<String> answer, List<Attempt> attempts, Collection<String> lessons, long tokens_in) {}

static final String TASK = "Write one short sentence about a cat.";
static final double[] LADDER = {0.0, 0.6, 0.8, 1.0, 1.2, 1.4};

List<String> problems(String text, String word, int most) {
    var found = new ArrayList<String>();
    if (!text.toLowerCase().contains(word)) {
        found.add("use the word " + word);
    }
    if (text.split("\\s+").length > most) {
        found.add("use at most " + most + " words");
    }
    return found;
}

Report main(Input input) {
    String word = input.word().orElse("sleep");
    int most = input.most_words().orElse(14);
    var checkpoint = new Context(Model.first()).user(input.task().orElse(TASK));
    checkpoint.flush();
    var attempts = new ArrayList<Attempt>();
    var lessons = new TreeSet<String>();
    for (int seed = 0; seed < LADDER.length; seed++) {
        try (Context ctx = checkpoint.fork()) {
            if (!lessons.isEmpty()) {
                ctx.user("Remember to " + String.join(" and ", lessons) + ".");
            }
            Sampler sampler = Sampler.topP(LADDER[seed], 0.95).seed(seed);
            String text = ctx.generate(sampler, GenerateOptions.of().maxTokens(input.max_tokens().orElse(24)))
                    .collectText()
                    .strip();
            List<String> wrong = problems(text, word, most);
            attempts.add(new Attempt(LADDER[seed], text, wrong));
            if (wrong.isEmpty()) {
                return new Report(Optional.of(text), attempts, lessons, PieRuntime.stats().tokensIn());
            }
            lessons.addAll(wrong);
        }
    }
    return new Report(Optional.empty(), attempts, lessons, PieRuntime.stats().tokensIn());
}
