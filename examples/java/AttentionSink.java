// Attention sink and window: let each token see the first few and the last few tokens, in three ways that give the same text.
// By masks from the helpers, by run lengths written by hand, and by `setWindow`, which also gives back the pages nobody sees.
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> max_tokens, Optional<Integer> sink, Optional<Integer> window) {}

record Report(
        String text,
        boolean helpers_equal_hand,
        boolean window_equals_masks,
        boolean drop_equals_mask,
        boolean whole_differs,
        Map<String, Double> pages) {}

static final String TEXT = "The old lighthouse stood on a rock far out in the grey sea, and every night its keeper climbed the stairs. ";

// False and true runs in turn, beginning with false.
Mask byHand(int seen, int sink, int window) {
    return seen <= sink + window ? Mask.fromBrle(0, seen) : Mask.fromBrle(0, sink, seen - sink - window, window);
}

// Greedy, with a mask for every row, in the prompt and after it.
int[] decode(Context context, int[] prompt, int n, IntFunction<Mask> mask) {
    int[] tokens = new int[n];
    int[] rows = prompt;
    try (Context ctx = context) {
        for (int i = 0; i < n; i++) {
            Forward forward = ctx.forward();
            int start = forward.startPosition();
            forward.input(rows)
                    .attentionMask(IntStream.range(0, rows.length).mapToObj(row -> mask.apply(start + row + 1)).toList());
            var handle = forward.sample(Forward.LAST, Sampler.argmax());
            tokens[i] = forward.execute().token(handle).getAsInt();
            rows = new int[] {tokens[i]};
        }
    }
    return tokens;
}

double pages() {
    return PieRuntime.stats().pagesHeld();
}

Report main(Input input) {
    var model = Model.first();
    int[] prompt = model.tokenizer().encode(input.text().orElse(TEXT.repeat(6)));
    int n = input.max_tokens().orElse(12);
    int sink = input.sink().orElse(4);
    int window = input.window().orElse(24);
    var options = GenerateOptions.of().maxTokens(n).stop(List.of(), List.of()).autoFlush(false);
    var pages = new LinkedHashMap<String, Double>();

    int[] helpers = decode(new Context(model), prompt, n, seen -> Mask.sink(seen, sink, window));
    int[] hand = decode(new Context(model), prompt, n, seen -> byHand(seen, sink, window));
    int[] streamed;
    try (Context ctx = new Context(model)) {
        ctx.setWindow(window, sink);
        streamed = ctx.append(prompt).generate(Sampler.argmax(), options).collectTokens();
        pages.put("windowed", pages());
    }

    // what is dropped for good is hidden from all that comes later, as by a mask
    try (Context ctx = new Context(model).append(prompt)) {
        ctx.flush();
        int cut = prompt.length - window;
        int[] question = Arrays.copyOf(prompt, 1);
        int[] masked = decode(ctx.fork(), question, n, seen -> Mask.ranges(List.of(new int[] {0, sink}, new int[] {cut, seen})));
        int[] full;
        try (Context whole = ctx.fork()) {
            full = whole.generate(Sampler.argmax(), options).collectTokens();
        }
        pages.put("whole", pages());
        ctx.dropPrefix(cut, sink);
        pages.put("dropped", pages());
        int[] dropped = ctx.append(question).generate(Sampler.argmax(), options).collectTokens();
        return new Report(
                model.tokenizer().decode(streamed),
                Arrays.equals(helpers, hand),
                Arrays.equals(streamed, helpers),
                Arrays.equals(dropped, masked),
                !Arrays.equals(full, streamed),
                pages);
    }
}
