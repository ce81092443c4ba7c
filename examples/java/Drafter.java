// Own drafter: guess that a text goes on as it went on before (prompt look-up), and have several guesses checked in one pass.
// The text is the same as without it; rewriting or quoting takes fewer passes.
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> max_tokens) {}

record Run(int[] tokens, long passes) {}

record Report(String text, boolean same, long passes, long passes_with_drafter, int guessed_right, int guessed_wrong) {}

static final String TEXT =
        "Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox";

static class PromptLookup implements Speculator {
    private static final int SIZE = 2;
    private static final int MOST = 6;
    private final List<Integer> tokens = new ArrayList<>();
    int hits;
    int misses;

    PromptLookup(int[] prompt) {
        add(prompt);
    }

    private void add(int[] more) {
        for (int token : more) {
            tokens.add(token);
        }
    }

    @Override
    public Speculator.Draft draft() {
        int n = tokens.size();
        var end = tokens.subList(n - SIZE, n);
        for (int at = n - SIZE - 1; at >= 0; at--) {
            if (tokens.subList(at, at + SIZE).equals(end)) {
                var found = tokens.subList(at + SIZE, Math.min(n, at + SIZE + MOST));
                return Speculator.Draft.of(found.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        return Speculator.Draft.of();
    }

    @Override
    public void accept(int[] run) {
        add(run);
        hits += run.length - 1;
    }

    @Override
    public void rollback(int n) {
        misses += n;
    }
}

Run run(Model model, int[] prompt, GenerateOptions options) {
    long before = PieRuntime.stats().forwardPasses();
    int[] tokens = new Context(model).append(prompt).generate(Sampler.argmax(), options).collectTokens();
    return new Run(tokens, PieRuntime.stats().forwardPasses() - before);
}

GenerateOptions plain(int n) {
    return GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false).systemSpeculation(false);
}

Report main(Input input) {
    var model = Model.first();
    int[] prompt = model.tokenizer().encode(input.text().orElse(TEXT));
    int n = input.max_tokens().orElse(24);
    Run plain = run(model, prompt, plain(n));
    var drafter = new PromptLookup(prompt);
    Run drafted = run(model, prompt, plain(n).speculator(drafter));
    return new Report(
            model.tokenizer().decode(plain.tokens()),
            Arrays.equals(plain.tokens(), drafted.tokens()),
            plain.passes(),
            drafted.passes(),
            drafter.hits,
            drafter.misses);
}
