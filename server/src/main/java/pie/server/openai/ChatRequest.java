package pie.server.openai;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import pie.engine.Engine;
import pie.engine.PieException;
import pie.engine.generate.PlanSpec;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;
import tools.jackson.databind.node.ObjectNode;

/** Read a chat completion: messages through the template, then one generation a choice. */
final class ChatRequest implements Request {
    private static final int MOST_TOP = 20;
    private static final String MARK = "\u00b6pie\u00b6";

    private final Engine engine;
    private final Asked asked;
    private final Tools tools;
    private final int[] prompt;
    private final PlanSpec plan;
    private final int top;

    /** @throws PieException for a field out of range, a feature that is not offered, a prompt that is too long */
    ChatRequest(Engine engine, ObjectNode body) {
        var fields = new Fields(body);
        LoadedModel model = engine.model();
        this.engine = engine;
        Asked read = Asked.read(fields, model.tokenizer().vocabSize());
        tools = Tools.read(fields);
        asked = tools.structure().isPresent() ? read.withStructure(tools.structure()) : read;
        boolean logprobs = fields.flag("logprobs", false);
        OptionalInt likeliest = fields.integer("top_logprobs", 0, MOST_TOP);
        if (likeliest.isPresent() && !logprobs) {
            throw Fields.invalid("top_logprobs", "needs 'logprobs' to be true");
        }
        top = logprobs ? likeliest.orElse(0) : -1;
        String text = new Messages(model).render(fields, tools);
        prompt = model.tokenizer().encode(text, true);
        plan = Job.plan(engine, asked, prompt, stops(model), logprobs);
    }

    /** Return what ends a turn: the model's own stops, and the token that its template writes behind an answer. */
    private int[] stops(LoadedModel model) {
        Set<Integer> ids = new LinkedHashSet<>();
        if (!asked.ignoreEos()) {
            for (int id : model.config().stopIds()) {
                ids.add(id);
            }
            model.chatTemplate().ifPresent(t -> seal(model, t, ids));
        }
        for (int id : asked.stopIds()) {
            ids.add(id);
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void seal(LoadedModel model, ChatTemplate template, Set<Integer> ids) {
        List<Map<String, Object>> turn =
                List.of(Map.of("role", "user", "content", "x"), Map.of("role", "assistant", "content", MARK));
        String text = template.render(turn, null, false, Map.of());
        int end = text.lastIndexOf(MARK);
        if (end < 0) {
            return;
        }
        int[] seal = model.tokenizer().encode(text.substring(end + MARK.length()), true);
        if (seal.length > 0 && model.tokenizer().isSpecial(seal[0])) {
            ids.add(seal[0]);
        }
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
        return "pie-chat";
    }

    @Override
    public int promptTokens() {
        return prompt.length;
    }

    @Override
    public int branches() {
        return asked.n();
    }

    @Override
    public void start(Branches branches) {
        branches.start(prompt, plan, 0, asked.n(), asked.prefixCache());
    }

    @Override
    public List<Choice> choices() {
        var form = new Choice.Form(
                engine.model().tokenizer(),
                asked.stops(),
                asked.minTokens(),
                asked.includeStop(),
                top,
                tools.use(),
                tools.function(),
                Reasoning.of(engine.model().tokenizer(), prompt));
        var all = new ArrayList<Choice>();
        for (int i = 0; i < asked.n(); i++) {
            all.add(new Choice(i, form));
        }
        return all;
    }

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public Shape shape(Head head) {
        return new ChatShape(head, engine.model().tokenizer(), top >= 0, asked.tokenIds(), prompt);
    }
}
