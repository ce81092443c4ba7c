// Best of n: prefill the prompt once, fork it n times, sample all branches at once, keep the likeliest answer.
// The branches share the prompt's KV pages; the score is the mean log probability per token, read beside the logits.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(String prompt, Integer n, Integer max_tokens) {}

record Report(String best, List<Double> scores, List<String> answers) {}

// Mean log probability of tokens 1 and on, all in one forward pass over a fork of the prompt.
double score(Context base, int[] tokens) {
    if (tokens.length < 2) {
        return -1e9;
    }
    try (Context judge = base.fork()) {
        Forward forward = judge.forward();
        forward.input(Arrays.copyOf(tokens, tokens.length - 1));
        var handles = new ArrayList<ProbeHandle>();
        for (int i = 1; i < tokens.length; i++) {
            handles.add(forward.probe(i - 1, Probe.logprob(tokens[i])));
        }
        Output out = forward.execute();
        return handles.stream().mapToDouble(h -> out.logprobs(h)[0]).average().orElseThrow();
    }
}

Report main(Input input) {
    int n = input.n() != null ? input.n() : 4;
    int most = input.max_tokens() != null ? input.max_tokens() : 32;
    var model = Model.load(PieRuntime.models().getFirst());
    var base = new Context(model);
    base.user(input.prompt() != null ? input.prompt() : "Write one sentence about the moon.");
    base.cue();
    base.flush();
    var running = new ArrayList<CompletableFuture<int[]>>();
    for (int i = 0; i < n; i++) {
        var branch = base.fork();
        running.add(branch.generate(Sampler.topP(1.0, 0.95).seed(i), GenerateOptions.of().maxTokens(most))
                .collectTokensAsync());
    }
    var answers = running.stream().map(CompletableFuture::join).toList();
    var scores = answers.stream().map(a -> score(base, a)).toList();
    int best = 0;
    for (int i = 1; i < n; i++) {
        if (scores.get(i) > scores.get(best)) {
            best = i;
        }
    }
    var texts = answers.stream().map(a -> model.tokenizer().decode(a, true).strip()).toList();
    return new Report(texts.get(best), scores.stream().map(s -> Math.round(s * 1000) / 1000.0).toList(), texts);
}
