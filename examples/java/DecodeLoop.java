// Own decode loop: read the raw logits of every step and choose the next token in Java.
// The rule here is one that no server offers: greedy, but a word that was used in the answer may not be used again.
import pie.inferlet.*;

record Input(String prompt, Boolean repeat, Integer max_tokens) {}

int likeliest(float[] logits, Set<Integer> banned) {
    int best = -1;
    for (int id = 0; id < logits.length; id++) {
        if ((best < 0 || logits[id] > logits[best]) && !banned.contains(id)) {
            best = id;
        }
    }
    return best;
}

Set<Integer> setOf(int[] ids) {
    return Arrays.stream(ids).boxed().collect(Collectors.toSet());
}

String main(Input input) {
    var model = Model.load(PieRuntime.models().getFirst());
    var tokenizer = model.tokenizer();
    var ctx = new Context(model);
    ctx.user(input.prompt() != null ? input.prompt() : "List words about the sea.");
    ctx.cue();
    var stop = setOf(Chat.stopTokens(model));
    var freeToRepeat = setOf(tokenizer.encode(", . \n and the a of"));
    boolean repeat = input.repeat() != null && input.repeat();
    int most = input.max_tokens() != null ? input.max_tokens() : 24;

    var banned = new HashSet<Integer>();
    var tokens = new ArrayList<Integer>();
    while (tokens.size() < most) {
        Forward forward = ctx.forward(); // takes the pending tokens as rows
        ProbeHandle handle = forward.probe(Forward.LAST, Probe.logits());
        float[] logits = forward.execute().logits(handle);
        int token = likeliest(logits, banned);
        if (stop.contains(token)) {
            break;
        }
        tokens.add(token);
        if (!repeat && !freeToRepeat.contains(token)) {
            banned.add(token);
        }
        ctx.append(token);
    }
    return tokenizer.decode(tokens.stream().mapToInt(Integer::intValue).toArray());
}
