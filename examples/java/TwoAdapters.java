// Two adapters and the model as it is, side by side in the same steps, with a drafter of the program's own. Give "adapters": {"name":
// "/data/folder"} to load LoRA adapters in PEFT's form; without that, two small random ones are made. Each text is the same with and without
// the drafter, and pages are found again by their own adapter only.
import java.util.concurrent.CompletableFuture;
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> max_tokens, Optional<Map<String, String>> adapters) {}

record Report(List<String> texts, boolean same_with_drafter, long reused_between, long reused_by_its_own) {}

static final String TEXT =
        "Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox jumps over the lazy dog.\nCopy: the quick";

/** Guess that a text goes on as it went on after its last two tokens before. */
static class PromptLookup implements Speculator {
    private final List<Integer> tokens = new ArrayList<>();

    PromptLookup(int[] prompt) {
        accept(prompt);
    }

    @Override
    public Speculator.Draft draft() {
        int n = tokens.size();
        for (int at = n - 3; at >= 0; at--) {
            if (tokens.subList(at, at + 2).equals(tokens.subList(n - 2, n))) {
                var found = tokens.subList(at + 2, Math.min(n, at + 6));
                return Speculator.Draft.of(found.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        return Speculator.Draft.of();
    }

    @Override
    public void accept(int[] run) {
        for (int token : run) {
            tokens.add(token);
        }
    }
}

/** Make a random adapter: one step of the search that Zo offers, from one that adds nothing. */
Adapter make(Model model, String name, long seed) {
    Adapter adapter = Adapter.create(model, name);
    Zo.initialize(adapter, 4, 8, 1, 1, 0.06);
    Zo.update(adapter, new float[] {1}, new long[] {seed}, 0.06);
    return adapter;
}

Adapter load(Model model, String name, String path) {
    Adapter adapter = Adapter.open(model, name).orElseGet(() -> Adapter.create(model, name));
    adapter.load(path);
    return adapter;
}

/** Return how many of the prompt's tokens other contexts had computed. */
long reused(Model model, int[] prompt, Adapter adapter) {
    long before = PieRuntime.stats().tokensReused();
    try (Context context = new Context(model)) {
        Forward forward = context.append(prompt).forward().adapter(adapter);
        forward.sample(Forward.LAST, Sampler.argmax());
        forward.execute();
    }
    return PieRuntime.stats().tokensReused() - before;
}

CompletableFuture<int[]> write(Model model, int[] prompt, Adapter adapter, int n, boolean drafts) {
    var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false).adapter(adapter).systemSpeculation(false);
    if (drafts) {
        options.speculator(new PromptLookup(prompt));
    }
    return new Context(model).append(prompt).generate(Sampler.argmax(), options).collectTokensAsync();
}

List<int[]> together(Model model, int[] prompt, List<Adapter> all, int n, boolean drafts) {
    var runs = new ArrayList<CompletableFuture<int[]>>();
    all.forEach(adapter -> runs.add(write(model, prompt, adapter, n, drafts)));
    return runs.stream().map(CompletableFuture::join).toList();
}

Report main(Input input) {
    Model model = Model.first();
    int[] prompt = model.tokenizer().encode(input.text().orElse(TEXT));
    int[] fresh = model.tokenizer().encode(PieRuntime.instanceId() + input.text().orElse(TEXT)); // that nobody can have computed before
    int n = input.max_tokens().orElse(16);
    List<Adapter> adapters = new ArrayList<>();
    if (input.adapters().isPresent()) {
        input.adapters().get().forEach((name, path) -> adapters.add(load(model, name, path)));
    } else {
        adapters.add(make(model, "first", 1));
        adapters.add(make(model, "second", 2));
    }
    List<Adapter> all = new ArrayList<>();
    all.add(null);
    all.addAll(adapters);
    try {
        long between = all.stream().mapToLong(adapter -> reused(model, fresh, adapter)).sum();
        long again = all.stream().mapToLong(adapter -> reused(model, fresh, adapter)).min().getAsLong();
        List<int[]> plain = together(model, prompt, all, n, false);
        List<int[]> drafted = together(model, prompt, all, n, true);
        boolean same = true;
        for (int i = 0; i < plain.size(); i++) {
            same &= Arrays.equals(plain.get(i), drafted.get(i));
        }
        return new Report(plain.stream().map(tokens -> model.tokenizer().decode(tokens)).toList(), same, between, again);
    } finally {
        adapters.forEach(Adapter::destroy);
    }
}
