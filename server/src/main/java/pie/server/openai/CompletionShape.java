package pie.server.openai;

import java.util.List;
import java.util.function.IntFunction;
import pie.engine.model.Tokenizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shape {@code text_completion}, whole and in parts.
 *
 * @param echoes text of a choice's prompt, "" unless it is to be repeated
 * @param echoed how likely the tokens of each prompt are, where that was asked for; filled before any choice is shaped
 */
record CompletionShape(
        Head head,
        Tokenizer tokenizer,
        boolean logprobs,
        boolean tokenIds,
        int[][] prompts,
        int n,
        IntFunction<String> echoes,
        List<List<TokenLogprob>> echoed)
        implements Shape {
    private ObjectNode chunk(Choice choice, String text) {
        ObjectNode json = empty();
        ObjectNode one = ((ArrayNode) json.get("choices")).addObject();
        one.put("index", choice.index());
        one.put("text", text);
        one.putNull("logprobs");
        one.putNull("finish_reason");
        return json;
    }

    private static ObjectNode choice(ObjectNode chunk) {
        return (ObjectNode) chunk.get("choices").get(0);
    }

    @Override
    public List<ObjectNode> first(Choice choice) {
        String echo = echoes.apply(choice.index());
        if (echo.isEmpty() && !tokenIds) {
            return List.of();
        }
        ObjectNode json = chunk(choice, echo);
        if (logprobs && !echo.isEmpty()) {
            choice(json).set("logprobs", logprobs(echoed(choice), List.of(), 0));
        }
        if (tokenIds) {
            ChatShape.ids(choice(json).putArray("prompt_token_ids"), prompts[choice.index() / n]);
        }
        return List.of(json);
    }

    @Override
    public List<ObjectNode> parts(Choice choice, Piece piece) {
        String text = piece.reasoning() + piece.content();
        if (text.isEmpty()) {
            return List.of();
        }
        ObjectNode json = chunk(choice, text);
        if (logprobs) {
            choice(json).set("logprobs", logprobs(List.of(), piece.logprobs(), 0));
        }
        if (tokenIds) {
            ChatShape.ids(choice(json).putArray("token_ids"), piece.tokens());
        }
        return List.of(json);
    }

    @Override
    public ObjectNode last(Choice choice) {
        ObjectNode json = chunk(choice, "");
        choice(json).put("finish_reason", choice.finish());
        return json;
    }

    @Override
    public ObjectNode empty() {
        ObjectNode json = head.object("text_completion");
        json.putArray("choices");
        return json;
    }

    @Override
    public ObjectNode whole(List<Choice> choices) {
        ObjectNode json = empty();
        ArrayNode all = (ArrayNode) json.get("choices");
        for (Choice choice : choices) {
            String echo = echoes.apply(choice.index());
            ObjectNode one = all.addObject();
            one.put("index", all.size() - 1);
            one.put("text", echo + choice.reasoningText() + choice.text());
            if (logprobs) {
                one.set("logprobs", logprobs(echoed(choice), choice.logprobs(), echo.length()));
            } else {
                one.putNull("logprobs");
            }
            one.put("finish_reason", choice.finish());
            if (tokenIds) {
                ChatShape.ids(one.putArray("token_ids"), choice.tokens());
                ChatShape.ids(one.putArray("prompt_token_ids"), prompts[choice.index() / n]);
            }
        }
        return json;
    }

    private List<TokenLogprob> echoed(Choice choice) {
        return echoed.get(choice.index() / n);
    }

    /** Shape the logprobs of a prompt and of what follows it, each with the place at which its text begins. */
    private ObjectNode logprobs(List<TokenLogprob> prompt, List<TokenLogprob> answer, int answerAt) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (String key : List.of("tokens", "token_logprobs", "top_logprobs", "text_offset")) {
            json.putArray(key);
        }
        add(json, prompt, 0);
        add(json, answer, answerAt);
        return json;
    }

    private void add(ObjectNode json, List<TokenLogprob> list, int from) {
        ArrayNode values = (ArrayNode) json.get("token_logprobs");
        ArrayNode top = (ArrayNode) json.get("top_logprobs");
        int offset = from;
        for (TokenLogprob each : list) {
            String text = TokenLogprob.text(tokenizer, each.token());
            ((ArrayNode) json.get("tokens")).add(text);
            ((ArrayNode) json.get("text_offset")).add(offset);
            offset += text.length();
            if (Double.isNaN(each.logprob())) {
                values.addNull();
                top.addNull();
                continue;
            }
            values.add(TokenLogprob.finite(each.logprob()));
            ObjectNode likely = top.addObject();
            each.top()
                    .forEach(
                            l -> likely.put(TokenLogprob.text(tokenizer, l.token()), TokenLogprob.finite(l.logprob())));
        }
    }
}
