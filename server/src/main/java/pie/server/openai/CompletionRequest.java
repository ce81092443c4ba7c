package pie.server.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import pie.engine.Engine;
import pie.engine.PieException;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.model.LoadedModel;
import pie.engine.model.Tokenizer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Read a completion: texts or token ids as they are, without a template. */
final class CompletionRequest implements Request {
    private static final int MOST_TOP = 20;
    private static final int MOST_PROMPTS = 256;
    private static final int MOST_BRANCHES = 128;
    private static final int MOST_TOKENS = 10_000_000;

    private final Engine engine;
    private final Asked asked;
    private final int[][] prompts;
    private final PlanSpec[] plans;
    private final int branches;
    private final int top;
    private final boolean echo;
    /** How likely the tokens of each prompt are, once they have been measured. */
    private final List<List<TokenLogprob>> echoed = new ArrayList<>();

    /** @throws PieException for a field out of range, a feature that is not offered, a prompt that is too long */
    CompletionRequest(Engine engine, ObjectNode body) {
        var fields = new Fields(body);
        this.engine = engine;
        LoadedModel model = engine.model();
        asked = Asked.read(fields, model.tokenizer().vocabSize());
        top = fields.integer("logprobs", 0, MOST_TOP).orElse(-1);
        echo = fields.flag("echo", false);
        OptionalInt bestOf = fields.integer("best_of", 1, MOST_BRANCHES);
        branches = bestOf.orElse(asked.n());
        if (branches < asked.n()) {
            throw Fields.invalid("best_of", "must not be less than 'n', " + asked.n());
        }
        if (branches > asked.n() && asked.stream()) {
            throw Fields.invalid("best_of", "cannot be streamed: the best are known at the end only");
        }
        prompts = prompts(fields, model);
        plans = new PlanSpec[prompts.length];
        for (int i = 0; i < plans.length; i++) {
            plans[i] = Job.plan(engine, asked, prompts[i], stops(model), top >= 0 || branches > asked.n());
        }
    }

    private static int[][] prompts(Fields fields, LoadedModel model) {
        JsonNode prompt = fields.find("prompt").orElseThrow(() -> Fields.invalid("prompt", "is missing"));
        if (prompt.isString()) {
            return new int[][] {encode(model, prompt.asString())};
        }
        JsonNode list = Fields.array("prompt", prompt, MOST_TOKENS);
        if (list.isEmpty()) {
            throw Fields.invalid("prompt", "must not be empty");
        }
        if (list.get(0).isNumber()) {
            return new int[][] {checked(Fields.ids("prompt", list, MOST_TOKENS), model)};
        }
        Fields.array("prompt", prompt, MOST_PROMPTS);
        int[][] all = new int[list.size()][];
        for (int i = 0; i < all.length; i++) {
            JsonNode each = list.get(i);
            all[i] = each.isString()
                    ? encode(model, each.asString())
                    : checked(Fields.ids("prompt[" + i + "]", each, MOST_TOKENS), model);
        }
        return all;
    }

    private static int[] checked(int[] ids, LoadedModel model) {
        int vocab = model.tokenizer().vocabSize();
        for (int id : ids) {
            if (id < 0 || id >= vocab) {
                throw Fields.invalid("prompt", "must hold token ids from 0 to " + (vocab - 1) + ", got " + id);
            }
        }
        return ids;
    }

    private static int[] encode(LoadedModel model, String text) {
        int[] ids = model.tokenizer().encode(text, true);
        int bos = model.config().bosId();
        if (!model.config().addBos() || bos < 0 || (ids.length > 0 && ids[0] == bos)) {
            return ids;
        }
        int[] all = new int[ids.length + 1];
        all[0] = bos;
        System.arraycopy(ids, 0, all, 1, ids.length);
        return all;
    }

    private int[] stops(LoadedModel model) {
        IntStream own = asked.ignoreEos()
                ? IntStream.empty()
                : Arrays.stream(model.config().stopIds());
        return IntStream.concat(own, Arrays.stream(asked.stopIds())).distinct().toArray();
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Asked asked() {
        return asked;
    }

    @Override
    public String program() {
        return "pie-completion";
    }

    @Override
    public int promptTokens() {
        return Arrays.stream(prompts).mapToInt(p -> p.length).sum();
    }

    @Override
    public int branches() {
        return prompts.length * branches;
    }

    @Override
    public void start(Branches run) {
        for (int i = 0; i < prompts.length; i++) {
            List<ProbeSpec> probes = echo && top >= 0 ? EchoLogprobs.probes(prompts[i], top) : List.of();
            List<ProbeValue> seen =
                    run.start(prompts[i], plans[i], i * branches, branches, asked.prefixCache(), probes);
            echoed.add(echo && top >= 0 ? EchoLogprobs.read(prompts[i], top, seen) : List.of());
        }
    }

    @Override
    public List<Choice> choices() {
        Tokenizer tokenizer = engine.model().tokenizer();
        int measured = top >= 0 ? top : branches > asked.n() ? 0 : -1;
        var form = new Choice.Form(
                tokenizer,
                asked.stops(),
                asked.minTokens(),
                asked.includeStop(),
                measured,
                ToolUse.NONE,
                "",
                Reasoning.NONE);
        return IntStream.range(0, branches()).mapToObj(i -> new Choice(i, form)).toList();
    }

    /** Keep the likeliest of each prompt's choices. */
    @Override
    public List<Choice> answered(List<Choice> all) {
        if (branches == asked.n()) {
            return all;
        }
        var best = new ArrayList<Choice>();
        for (int i = 0; i < prompts.length; i++) {
            all.subList(i * branches, (i + 1) * branches).stream()
                    .sorted(Comparator.comparingDouble(Choice::quality).reversed())
                    .limit(asked.n())
                    .forEach(best::add);
        }
        return best;
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public Shape shape(Head head) {
        Tokenizer tokenizer = engine.model().tokenizer();
        IntFunction<String> echoes = i -> echo ? tokenizer.decode(prompts[i / branches], true) : "";
        return new CompletionShape(head, tokenizer, top >= 0, asked.tokenIds(), prompts, branches, echoes, echoed);
    }
}
