// Watermark: favour a half of the vocabulary that the token before chooses, and find the mark again in the text by a z-score.
// The program sees every step before it is run: it adds a bias to the logits of the favoured half. No server offers this rule.
import pie.inferlet.*;

record Input(Optional<String> prompt, Optional<Integer> max_tokens, Optional<Double> bias) {}

record Report(String text, double z_marked, double z_plain) {}

// A half of the ids: whether an id is in it follows from the token before alone.
Mask favoured(int token, int vocabulary) {
    int start = (int) (token * 2654435761L % vocabulary);
    int half = vocabulary / 2;
    return start + half <= vocabulary
            ? Mask.range(start, start + half)
            : Mask.ranges(List.of(new int[] {0, start + half - vocabulary}, new int[] {start, vocabulary}));
}

double zScore(List<Integer> tokens, int vocabulary) {
    int hits = 0;
    for (int i = 1; i < tokens.size(); i++) {
        hits += favoured(tokens.get(i - 1), vocabulary).contains(tokens.get(i)) ? 1 : 0;
    }
    double n = tokens.size() - 1;
    return Math.round(100 * (hits - n / 2) / Math.sqrt(n / 4)) / 100.0;
}

List<Integer> write(Model model, String prompt, int n, double bias) {
    int vocabulary = model.info().vocabSize();
    var tokens = new ArrayList<Integer>();
    var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of());
    for (GenStep step : new Context(model).user(prompt).generate(Sampler.topP(1.0, 0.98).seed(5), options)) {
        if (!tokens.isEmpty() && bias != 0) {
            step.logitBias(favoured(tokens.getLast(), vocabulary), bias);
        }
        for (int token : step.execute().tokens()) {
            tokens.add(token);
        }
    }
    return tokens;
}

Report main(Input input) {
    var model = Model.first();
    int n = input.max_tokens().orElse(40);
    String prompt = input.prompt().orElse("Tell a story about a lighthouse.");
    var marked = write(model, prompt, n, input.bias().orElse(6.0));
    var plain = write(model, prompt, n, 0);
    int vocabulary = model.info().vocabSize();
    String text = model.tokenizer().decode(marked.stream().mapToInt(Integer::intValue).toArray(), true);
    return new Report(text, zScore(marked, vocabulary), zScore(plain, vocabulary));
}
