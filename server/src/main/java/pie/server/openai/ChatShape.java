package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import pie.engine.model.Tokenizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shape {@code chat.completion} and its chunks. */
record ChatShape(Head head, Tokenizer tokenizer, boolean logprobs, boolean tokenIds, int[] prompt) implements Shape {
    private ObjectNode chunk(Choice choice, ObjectNode[] delta) {
        ObjectNode json = empty();
        ObjectNode one = ((ArrayNode) json.get("choices")).addObject();
        one.put("index", choice.index());
        delta[0] = one.putObject("delta");
        one.putNull("logprobs");
        one.putNull("finish_reason");
        return json;
    }

    private static ObjectNode choice(ObjectNode chunk) {
        return (ObjectNode) chunk.get("choices").get(0);
    }

    @Override
    public List<ObjectNode> first(Choice choice) {
        ObjectNode[] delta = new ObjectNode[1];
        ObjectNode json = chunk(choice, delta);
        delta[0].put("role", "assistant");
        delta[0].put("content", "");
        if (tokenIds && choice.index() == 0) {
            ids(json.putArray("prompt_token_ids"), prompt);
        }
        return List.of(json);
    }

    @Override
    public List<ObjectNode> parts(Choice choice, Piece piece) {
        var chunks = new ArrayList<ObjectNode>();
        ObjectNode[] delta = new ObjectNode[1];
        if (!piece.reasoning().isEmpty() || !piece.content().isEmpty()) {
            ObjectNode json = chunk(choice, delta);
            if (!piece.reasoning().isEmpty()) {
                delta[0].put("reasoning_content", piece.reasoning());
            }
            if (!piece.content().isEmpty()) {
                delta[0].put("content", piece.content());
            }
            chunks.add(json);
        }
        for (Piece.Called called : piece.called()) {
            ObjectNode json = chunk(choice, delta);
            ObjectNode call = delta[0].putArray("tool_calls").addObject();
            call.put("index", called.index());
            if (!called.name().isEmpty()) {
                call.put("id", called.id());
                call.put("type", "function");
                call.putObject("function").put("name", called.name()).put("arguments", "");
            } else {
                call.putObject("function").put("arguments", called.arguments());
            }
            chunks.add(json);
        }
        if (!chunks.isEmpty()) {
            beside(chunks.getFirst(), piece);
        }
        return chunks;
    }

    private void beside(ObjectNode chunk, Piece piece) {
        if (logprobs) {
            choice(chunk).set("logprobs", logprobs(piece.logprobs()));
        }
        if (tokenIds) {
            ids(choice(chunk).putArray("token_ids"), piece.tokens());
        }
    }

    @Override
    public ObjectNode last(Choice choice) {
        ObjectNode json = chunk(choice, new ObjectNode[1]);
        choice(json).put("finish_reason", choice.finish());
        return json;
    }

    @Override
    public ObjectNode empty() {
        ObjectNode json = head.object("chat.completion.chunk");
        json.putArray("choices");
        return json;
    }

    @Override
    public ObjectNode whole(List<Choice> choices) {
        ObjectNode json = head.object("chat.completion");
        ArrayNode all = json.putArray("choices");
        for (Choice choice : choices) {
            ObjectNode one = all.addObject();
            one.put("index", all.size() - 1);
            message(one.putObject("message"), choice);
            if (logprobs) {
                one.set("logprobs", logprobs(choice.logprobs()));
            } else {
                one.putNull("logprobs");
            }
            one.put("finish_reason", choice.finish());
            if (tokenIds) {
                ids(one.putArray("token_ids"), choice.tokens());
            }
        }
        if (tokenIds) {
            ids(json.putArray("prompt_token_ids"), prompt);
        }
        return json;
    }

    private static void message(ObjectNode message, Choice choice) {
        message.put("role", "assistant");
        boolean calls = !choice.calls().isEmpty();
        if (calls && choice.text().isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", choice.text());
        }
        message.putNull("refusal");
        if (!choice.reasoningText().isEmpty()) {
            message.put("reasoning_content", choice.reasoningText());
        }
        if (calls) {
            ArrayNode all = message.putArray("tool_calls");
            for (int i = 0; i < choice.calls().size(); i++) {
                ToolCall call = choice.calls().get(i);
                ObjectNode one = all.addObject();
                one.put("id", choice.callId(i));
                one.put("type", "function");
                one.putObject("function").put("name", call.name()).put("arguments", call.arguments());
            }
        }
    }

    private ObjectNode logprobs(List<TokenLogprob> list) {
        ObjectNode json = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        ArrayNode content = json.putArray("content");
        for (TokenLogprob each : list) {
            ObjectNode one = content.addObject();
            token(one, each.token(), each.logprob());
            ArrayNode top = one.putArray("top_logprobs");
            each.top().forEach(likely -> token(top.addObject(), likely.token(), likely.logprob()));
        }
        json.putNull("refusal");
        return json;
    }

    private void token(ObjectNode json, int token, double logprob) {
        json.put("token", TokenLogprob.text(tokenizer, token));
        json.put("logprob", TokenLogprob.finite(logprob));
        ArrayNode bytes = json.putArray("bytes");
        for (byte b : tokenizer.tokenBytes(token)) {
            bytes.add(b & 0xff);
        }
    }

    static void ids(ArrayNode array, int[] ids) {
        for (int id : ids) {
            array.add(id);
        }
    }
}
