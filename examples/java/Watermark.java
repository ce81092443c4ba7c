// Watermark: favour a half of the vocabulary that the token before chooses, and find the mark again in the text by a z-score.
// The program sees every step before it is run: it adds a bias to the logits of the favoured half. No server offers this rule. The same is
// done once more from the raw logits, with a choice of the program's own.
import pie.inferlet.*;

record Input(Optional<String> prompt, Optional<Integer> max_tokens, Optional<Double> bias) {}

record Report(String text, double z_marked, double z_plain, boolean same_by_hand) {}

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

List<Integer> write(Model model, String prompt, int n, double bias, Sampler sampler) {
    int vocabulary = model.info().vocabSize();
    var tokens = new ArrayList<Integer>();
    var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of());
    for (GenStep step : new Context(model).user(prompt).generate(sampler, options)) {
        if (!tokens.isEmpty() && bias != 0) {
            step.logitBias(favoured(tokens.getLast(), vocabulary), bias);
        }
        for (int token : step.execute().tokens()) {
            tokens.add(token);
        }
    }
    return tokens;
}

// The best id once those in the mask have their bias: runs of a mask are not in it and in it in turn.
int chosen(float[] scores, int[] runs, double bias) {
    int start = 0;
    for (int i = 0; i < runs.length; i++) {
        for (int id = start; i % 2 == 1 && id < start + runs[i]; id++) {
            scores[id] += (float) bias;
        }
        start += runs[i];
    }
    int best = 0;
    for (int id = 1; id < scores.length; id++) {
        best = scores[id] > scores[best] ? id : best;
    }
    return best;
}

// Draw no token: read the logits of the step, choose, and have the choice accepted.
List<Integer> writeByHand(Model model, String prompt, int n, double bias) {
    int vocabulary = model.info().vocabSize();
    var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of());
    Generator generation = new Context(model).user(prompt).generate(Sampler.argmax(), options);
    var tokens = new ArrayList<Integer>();
    for (GenStep step : generation) {
        step.clearSampler();
        ProbeHandle handle = step.probe(0, Probe.logits());
        float[] logits = step.execute().logits(handle);
        int[] runs = tokens.isEmpty() ? new int[0] : favoured(tokens.getLast(), vocabulary).toBrle(vocabulary);
        for (int token : generation.accept(chosen(logits, runs, bias))) {
            tokens.add(token);
        }
    }
    return tokens;
}

Report main(Input input) {
    var model = Model.first();
    int n = input.max_tokens().orElse(40);
    String prompt = input.prompt().orElse("Tell a story about a lighthouse.");
    var drawn = Sampler.topP(1.0, 0.98).seed(5);
    var marked = write(model, prompt, n, input.bias().orElse(6.0), drawn);
    var plain = write(model, prompt, n, 0, drawn);
    int few = Math.min(n, 8);
    boolean same = writeByHand(model, prompt, few, 6).equals(write(model, prompt, few, 6, Sampler.argmax()));
    int vocabulary = model.info().vocabSize();
    String text = model.tokenizer().decode(marked.stream().mapToInt(Integer::intValue).toArray(), true);
    return new Report(text, zScore(marked, vocabulary), zScore(plain, vocabulary), same);
}
