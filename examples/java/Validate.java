// Output validation: how likely does the model find each of several given answers? Nothing is generated.
// The question is computed once; each candidate is scored in one pass over a fork, by the log probability of each of its tokens.
import pie.inferlet.*;

record Input(Optional<String> question, List<String> candidates) {}

record Report(String best, Map<String, Double> scores, boolean sure) {}

// Mean log probability of the tokens of an answer.
double score(Context asked, int[] tokens) {
    try (Context ctx = asked.fork()) {
        // after flush, a pass without rows of its own tells the logits at the end of the context
        Forward first = ctx.forward();
        ProbeHandle head = first.probe(Forward.LAST, Probe.logprob(tokens[0]));
        double total = first.execute().logprobs(head)[0];
        if (tokens.length > 1) {
            Forward rest = ctx.forward().input(Arrays.copyOf(tokens, tokens.length - 1));
            var handles = new ArrayList<ProbeHandle>();
            for (int i = 1; i < tokens.length; i++) {
                handles.add(rest.probe(i - 1, Probe.logprob(tokens[i])));
            }
            Output out = rest.execute();
            for (ProbeHandle handle : handles) {
                total += out.logprobs(handle)[0];
            }
        }
        return total / tokens.length;
    }
}

Report main(Input input) {
    var model = Model.first();
    var asked = new Context(model).appendText(input.question().orElse("The capital of France is"));
    asked.flush();
    var candidates = input.candidates() == null || input.candidates().isEmpty()
            ? List.of(" Paris", " London", " a banana")
            : input.candidates();
    var scores = new LinkedHashMap<String, Double>();
    String best = "";
    double highest = Double.NEGATIVE_INFINITY;
    for (String text : candidates) {
        double score = score(asked, model.tokenizer().encode(text));
        scores.put(text.strip(), Math.round(score * 1000) / 1000.0);
        if (score > highest) {
            highest = score;
            best = text.strip();
        }
    }
    return new Report(best, scores, Math.exp(highest) > 0.05);
}
