// Samplers: every stage of a sampling chain worked out again in the program, and the engine's draw predicted to the token.
// A seeded draw is a pure function of the logits, the chain, the seed and the position: this file is that function, in short.
import pie.inferlet.*;

record Input(Optional<String> text, Optional<Integer> seeds) {}

record Step(String name, double x) {
    Stage stage() {
        return switch (name) {
            case "temperature" -> Stage.temperature(x);
            case "top_k" -> Stage.topK((int) x);
            case "top_p" -> Stage.topP(x);
            case "min_p" -> Stage.minP(x);
            case "typical" -> Stage.typical(x);
            case "repetition_penalty" -> Stage.repetitionPenalty(x);
            case "presence_penalty" -> Stage.presencePenalty(x);
            default -> Stage.frequencyPenalty(x);
        };
    }
}

record Report(
        Map<String, Integer> predicted,
        boolean greedy_is_the_largest,
        boolean probabilities_fall,
        boolean logprobs_agree,
        boolean entropy_in_range) {}

static final List<List<Step>> CHAINS = List.of(
        List.of(),
        List.of(new Step("temperature", 0.5)),
        List.of(new Step("temperature", 1.5), new Step("top_k", 5)),
        List.of(new Step("top_p", 0.7)),
        List.of(new Step("min_p", 0.2), new Step("temperature", 2.0)),
        List.of(new Step("typical", 0.6)),
        List.of(new Step("repetition_penalty", 1.5), new Step("temperature", 1.2)),
        List.of(new Step("presence_penalty", 2.0)),
        List.of(new Step("frequency_penalty", 1.5), new Step("top_p", 0.9)));

// Philox4x32-10, the two first words as a number in [0, 1).
double uniform(long seed, long position) {
    long words = 0xFFFFFFFFL;
    long[] x = {position & words, position >>> 32, 0, 0};
    long k0 = seed & words;
    long k1 = seed >>> 32;
    for (int round = 0; round < 10; round++) {
        long a = 0xD2511F53L * x[0];
        long b = 0xCD9E8D57L * x[2];
        x = new long[] {(b >>> 32) ^ x[1] ^ k0, b & words, (a >>> 32) ^ x[3] ^ k1, a & words};
        k0 = (k0 + 0x9E3779B9L) & words;
        k1 = (k1 + 0xBB67AE85L) & words;
    }
    return (((x[0] << 32) + x[1]) >>> 11) * 0x1p-53;
}

SortedMap<Integer, Double> softmax(Map<Integer, Double> logits) {
    double top = Collections.max(logits.values());
    var p = new TreeMap<Integer, Double>();
    logits.forEach((i, l) -> p.put(i, Math.exp(l - top)));
    double total = p.values().stream().mapToDouble(w -> w).sum();
    p.replaceAll((i, w) -> w / total);
    return p;
}

List<Integer> order(Map<Integer, Double> logits, ToDoubleFunction<Integer> rank) {
    return logits.keySet().stream().sorted(Comparator.comparingDouble(rank).thenComparing(i -> i)).toList();
}

List<Integer> until(List<Integer> order, Map<Integer, Double> p, double mass) {
    double total = 0;
    for (int n = 0; n < order.size(); n++) {
        total += p.get(order.get(n));
        if (total >= mass) {
            return order.subList(0, n + 1);
        }
    }
    return order;
}

Map<Integer, Double> each(Map<Integer, Double> logits, BiFunction<Double, Integer, Double> change, List<Integer> written) {
    var changed = new TreeMap<Integer, Double>();
    logits.forEach((i, l) -> changed.put(i, change.apply(l, Collections.frequency(written, i))));
    return changed;
}

// One stage: the logits of what it keeps.
Map<Integer, Double> apply(Map<Integer, Double> logits, Step step, List<Integer> written) {
    var p = softmax(logits);
    double x = step.x();
    double entropy = -p.values().stream().mapToDouble(q -> q * Math.log(q)).sum();
    var falling = order(logits, i -> -logits.get(i));
    List<Integer> kept;
    switch (step.name()) {
        case "temperature" -> {
            return each(logits, (l, n) -> l / x, written);
        }
        case "repetition_penalty" -> {
            return each(logits, (l, n) -> n == 0 ? l : l > 0 ? l / x : l * x, written);
        }
        case "presence_penalty" -> {
            return each(logits, (l, n) -> n == 0 ? l : l - x, written);
        }
        case "frequency_penalty" -> {
            return each(logits, (l, n) -> l - x * n, written);
        }
        case "top_k" -> kept = x == 0 ? falling : falling.subList(0, Math.min((int) x, falling.size()));
        case "top_p" -> kept = until(falling, p, x);
        case "min_p" -> kept = falling.stream().filter(i -> p.get(i) >= x * Collections.max(p.values())).toList();
        default -> kept = until(order(logits, i -> Math.abs(-Math.log(p.get(i)) - entropy)), p, x);
    }
    var left = new TreeMap<Integer, Double>();
    kept.forEach(i -> left.put(i, logits.get(i)));
    return left;
}

int draw(Map<Integer, Double> logits, long seed, long position) {
    double u = uniform(seed, position);
    double total = 0;
    int last = -1;
    for (var entry : softmax(logits).entrySet()) {
        total += entry.getValue();
        last = entry.getKey();
        if (total > u) {
            break;
        }
    }
    return last;
}

Report main(Input input) {
    var model = Model.first();
    int[] prompt = model.tokenizer().encode(input.text().orElse("The cat sat on the mat and the cat"));
    List<Integer> written = Arrays.stream(prompt).boxed().toList();
    // a few ids, so that the reference need not sort the vocabulary
    int[] allowed = IntStream.concat(Arrays.stream(prompt), IntStream.range(300, 360)).distinct().sorted().toArray();
    var ctx = new Context(model).append(prompt);
    ctx.flush();
    var predicted = new LinkedHashMap<String, Integer>();
    for (List<Step> chain : CHAINS) {
        int right = 0;
        for (int seed = 0; seed < input.seeds().orElse(3); seed++) {
            Forward forward = ctx.forward().mask(Mask.ids(allowed));
            var token = forward.sample(Forward.LAST, Sampler.chain(chain.stream().map(Step::stage).toList()).seed(seed));
            var logits = forward.probe(Forward.LAST, Probe.logits());
            Output out = forward.execute();
            float[] row = out.logits(logits);
            Map<Integer, Double> left = new TreeMap<>();
            for (int id : allowed) {
                left.put(id, (double) row[id]);
            }
            for (Step step : chain) {
                left = apply(left, step, written);
            }
            right += out.token(token).getAsInt() == draw(left, seed, prompt.length) ? 1 : 0;
        }
        String name = chain.stream().map(Step::name).collect(Collectors.joining(" "));
        predicted.put(name.isEmpty() ? "plain" : name, right);
    }

    Forward forward = ctx.forward();
    var greedy = forward.sample(Forward.LAST, Sampler.argmax());
    var top = forward.probe(Forward.LAST, Probe.distribution(1.0, 8));
    var entropy = forward.probe(Forward.LAST, Probe.entropy());
    var logits = forward.probe(Forward.LAST, Probe.logits());
    var one = forward.probe(Forward.LAST, Probe.logprob(prompt[0]));
    var several = forward.probe(Forward.LAST, Probe.logprobs(Arrays.copyOf(prompt, 3)));
    Output out = forward.execute();
    float[] row = out.logits(logits);
    int largest = 0;
    for (int i = 1; i < row.length; i++) {
        largest = row[i] > row[largest] ? i : largest;
    }
    int best = out.token(greedy).getAsInt();
    float[] p = out.distribution(top).probabilities();
    double sum = 0;
    boolean falls = true;
    for (int i = 0; i < p.length; i++) {
        sum += p[i];
        falls &= i == 0 || p[i] <= p[i - 1];
    }
    return new Report(
            predicted,
            best == largest && best == out.distribution(top).ids()[0],
            falls && sum <= 1 + 1e-5,
            out.logprobs(one)[0] == out.logprobs(several)[0],
            out.entropy(entropy) >= 0 && out.entropy(entropy) <= Math.log(row.length));
}
