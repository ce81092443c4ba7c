// Evolution strategy: find an adapter under which the model says a given answer rather, by scores alone and without a gradient. Each
// generation perturbs the adapter by seeds, scores what every seed makes of the model, all at once, and goes to where the best ones lie.
// With "save" the adapter is written there, a folder in /data, as PEFT reads it.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(
        Optional<String> prompt,
        Optional<String> answer,
        Optional<Integer> population,
        Optional<Double> sigma,
        Optional<Integer> generations,
        Optional<String> name,
        Optional<String> save) {}

record Report(List<Double> history, double gained) {}

static final String PROMPT = "The best colour of all is";
static final String ANSWER = " certainly a deep green";

/** Begin to compute the log probability of the answer after the prompt. */
CompletableFuture<Double> score(Model model, int[] prompt, int[] answer, Adapter adapter, OptionalLong seed) {
    Context context = new Context(model, ContextOptions.of().prefixCache(false));
    Forward forward = context.forward().input(prompt).input(answer).adapter(adapter);
    seed.ifPresent(given -> Zo.adapterSeed(forward, given));
    List<ProbeHandle> probes = new ArrayList<>();
    for (int i = 0; i < answer.length; i++) {
        probes.add(forward.probe(prompt.length + i - 1, Probe.logprob(answer[i])));
    }
    return forward.executeAsync().thenApply(out -> {
        context.close();
        return probes.stream().mapToDouble(probe -> out.logprobs(probe)[0]).sum();
    });
}

Report main(Input input) {
    Model model = Model.first();
    int[] prompt = model.tokenizer().encode(input.prompt().orElse(PROMPT));
    int[] answer = model.tokenizer().encode(input.answer().orElse(ANSWER));
    int population = input.population().orElse(8);
    double sigma = input.sigma().orElse(0.01);
    Adapter adapter = Adapter.create(model, input.name().orElse("evolved"));
    try {
        Zo.initialize(adapter, 2, 4, population, 0.5, sigma);
        List<Double> history = new ArrayList<>();
        history.add(score(model, prompt, answer, adapter, OptionalLong.empty()).join());
        for (int generation = 0; generation < input.generations().orElse(3); generation++) {
            long[] seeds = new long[population];
            List<CompletableFuture<Double>> running = new ArrayList<>();
            for (int i = 0; i < population; i++) {
                seeds[i] = (long) generation * population + i;
                running.add(score(model, prompt, answer, adapter, OptionalLong.of(seeds[i])));
            }
            float[] scores = new float[population];
            for (int i = 0; i < population; i++) {
                scores[i] = running.get(i).join().floatValue();
            }
            Zo.update(adapter, scores, seeds, sigma);
            history.add(score(model, prompt, answer, adapter, OptionalLong.empty()).join());
        }
        input.save().ifPresent(adapter::save);
        List<Double> rounded = history.stream().map(each -> Math.round(each * 1e4) / 1e4).toList();
        return new Report(rounded, history.getLast() - history.getFirst());
    } finally {
        adapter.destroy();
    }
}
