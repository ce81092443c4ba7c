// Draft and verify by hand: guess several tokens, run them as one pass, keep the run that was right, take the rest back.
// Three drafters: what followed the same words before, a Jacobi window that improves its own guesses, and a second context that
// sees little and runs ahead. The text is always the one that plain decoding gives.
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> max_tokens) {}

record Report(String text, Map<String, Boolean> same, Map<String, Integer> passes) {}

// The tokens that follow, and what the rows after them guessed.
record Verified(List<Integer> tokens, List<Integer> unused) {}

interface Drafter {
    List<Integer> draft(List<Integer> tokens, List<Integer> unused);
}

static final String TEXT = "one two three four five one two three four five one two three";

int[] array(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
}

List<Integer> list(int[] array) {
    return Arrays.stream(array).boxed().toList();
}

// Run the last token and the drafts as rows.
Verified verify(Context ctx, int last, List<Integer> drafts) {
    Forward forward = ctx.forward().input(last).input(array(drafts)).deferCommit();
    var handle = forward.sample(IntStream.rangeClosed(0, drafts.size()).toArray(), Sampler.argmax());
    List<Integer> guesses = list(forward.execute().tokensAt(handle));
    int right = 0;
    while (right < drafts.size() && guesses.get(right).equals(drafts.get(right))) {
        right++;
    }
    ctx.truncate(drafts.size() - right); // the rejected rows go
    ctx.commitWorkingPages(ctx.workingPageTokenCount() / ctx.pageSize()); // and what is full stays
    return new Verified(guesses.subList(0, right + 1), guesses.subList(right + 1, guesses.size()));
}

List<Integer> lookup(List<Integer> tokens, List<Integer> unused) {
    int n = tokens.size();
    for (int at = n - 3; at > 0; at--) {
        if (tokens.subList(at, at + 2).equals(tokens.subList(n - 2, n))) {
            return List.copyOf(tokens.subList(at + 2, Math.min(at + 6, n)));
        }
    }
    return List.of();
}

List<Integer> jacobi(List<Integer> tokens, List<Integer> unused) {
    var drafts = new ArrayList<>(unused);
    drafts.addAll(Collections.nCopies(4, tokens.getLast()));
    return drafts.subList(0, 4);
}

// A second context that sees the last few tokens only, greedy, four tokens ahead.
Drafter ahead(Model model) {
    var ctx = new Context(model);
    ctx.setWindow(12, 2);
    int[] read = {0};
    return (tokens, unused) -> {
        ctx.append(array(tokens.subList(read[0], tokens.size())));
        read[0] = tokens.size();
        ctx.flush();
        try (Context fork = ctx.fork()) {
            return list(fork.generate(Sampler.argmax(), free(4)).collectTokens());
        }
    };
}

GenerateOptions free(int n) {
    return GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false).systemSpeculation(false);
}

Report main(Input input) {
    var model = Model.first();
    List<Integer> prompt = list(model.tokenizer().encode(input.text().orElse(TEXT)));
    int n = input.max_tokens().orElse(24);
    List<Integer> plain = list(new Context(model).append(array(prompt)).generate(Sampler.argmax(), free(n)).collectTokens());
    var drafters = new LinkedHashMap<String, Drafter>();
    drafters.put("lookup", this::lookup);
    drafters.put("jacobi", this::jacobi);
    drafters.put("second_context", ahead(model));
    var same = new LinkedHashMap<String, Boolean>();
    var passes = new LinkedHashMap<>(Map.of("plain", n));
    drafters.forEach((name, drafter) -> {
        var tokens = new ArrayList<>(prompt);
        List<Integer> unused = List.of();
        int count = 0;
        try (Context ctx = new Context(model).append(array(prompt.subList(0, prompt.size() - 1)))) {
            ctx.flush();
            for (; tokens.size() < prompt.size() + n; count++) {
                Verified verified = verify(ctx, tokens.getLast(), drafter.draft(tokens, unused));
                tokens.addAll(verified.tokens());
                unused = verified.unused();
            }
        }
        same.put(name, tokens.subList(prompt.size(), prompt.size() + n).equals(plain));
        passes.put(name, count);
    });
    return new Report(model.tokenizer().decode(array(plain)), same, passes);
}
