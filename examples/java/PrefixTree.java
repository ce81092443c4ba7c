// Prefix tree: one system prompt, two topics, two audiences each, two questions each: eight answers, every prefix computed once.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Optional<Integer> max_tokens) {}

record Leaf(String name, Context ctx) {}

record Report(
        Map<String, String> answers,
        int leaves,
        long tokens_in,
        int tokens_if_each_were_computed_alone,
        double pages_peak) {}

static final String SYSTEM =
        "You are a patient teacher who answers every question in one short sentence that a listener can remember.";
static final List<String> TOPICS = List.of("the sea", "the moon");
static final List<String> AUDIENCES = List.of("a child", "an engineer");
static final List<String> QUESTIONS = List.of("What is it?", "Why does it matter?");

Report main(Input input) {
    int most = input.max_tokens().orElse(12);
    var root = new Context(Model.first()).system(SYSTEM);
    root.flush();
    var leaves = new ArrayList<Leaf>();
    for (String topic : TOPICS) {
        var about = root.fork().appendText("Topic: " + topic + ".\n");
        about.flush();
        for (String audience : AUDIENCES) {
            var told = about.fork().appendText("Explain it to " + audience + ".\n");
            told.flush();
            for (String question : QUESTIONS) {
                leaves.add(new Leaf(topic + ", " + audience + ": " + question, told.fork().user(question)));
            }
        }
    }
    var running = new ArrayList<CompletableFuture<String>>();
    for (Leaf leaf : leaves) {
        running.add(leaf.ctx().generate(Sampler.argmax(), GenerateOptions.of().maxTokens(most)).collectTextAsync());
    }
    var answers = new LinkedHashMap<String, String>();
    int whole = 0;
    for (int i = 0; i < leaves.size(); i++) {
        answers.put(leaves.get(i).name(), running.get(i).join());
        whole += leaves.get(i).ctx().seqLen();
    }
    Stats stats = PieRuntime.stats();
    return new Report(answers, leaves.size(), stats.tokensIn(), whole, stats.pagesPeak());
}
