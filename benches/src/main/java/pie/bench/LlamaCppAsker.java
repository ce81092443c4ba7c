package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Ask llama.cpp's server by its own route, whose chunks are one token each. It sends no chunk, and no id, for a token that ends within a
 * character, so that ids of a stream are a part of the answer's where its text is not plain.
 */
final class LlamaCppAsker implements Asker {
    private final URI server;
    private final boolean cache;

    LlamaCppAsker(URI server, boolean cache) {
        this.server = server;
        this.cache = cache;
    }

    @Override
    public String name() {
        return "llamacpp";
    }

    @Override
    public Answer ask(Prompt prompt) throws IOException, InterruptedException {
        var clock = new Clock();
        Sse.post(server.resolve("/completion"), Optional.empty(), body(prompt, true), clock);
        return clock.answer();
    }

    @Override
    public int[] tokens(Prompt prompt) throws IOException, InterruptedException {
        JsonNode ids = Sse.postWhole(server.resolve("/completion"), body(prompt, false))
                .path("tokens");
        return ids.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private Map<String, Object> body(Prompt prompt, boolean stream) {
        var body = new LinkedHashMap<String, Object>();
        body.put("prompt", prompt.ids());
        body.put("n_predict", prompt.maxTokens());
        body.put("stream", stream);
        body.put("temperature", 0);
        body.put("ignore_eos", true);
        body.put("return_tokens", true);
        body.put("cache_prompt", cache);
        return body;
    }

    private static final class Clock implements Sse.Reader {
        private final long sent = System.nanoTime();
        private long[] chunks = new long[64];
        private int count;
        private final IntStream.Builder ids = IntStream.builder();
        private JsonNode last = tools.jackson.databind.json.JsonMapper.shared().createObjectNode();

        @Override
        public boolean event(JsonNode data) {
            long now = System.nanoTime() - sent;
            if (data.path("stop").asBoolean(false)) {
                last = data;
                return false;
            }
            data.path("tokens").forEach(id -> ids.add(id.asInt()));
            if (count == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * count);
            }
            chunks[count++] = now;
            return true;
        }

        Answer answer() {
            int tokens = last.path("tokens_predicted").asInt(0);
            int[] told = ids.build().toArray();
            if (tokens == 0) {
                return Answer.failed("the server counted no tokens");
            }
            JsonNode timings = last.path("timings");
            return new Answer(
                    0,
                    Arrays.copyOf(chunks, count),
                    System.nanoTime() - sent,
                    last.path("tokens_evaluated").asInt(0),
                    tokens,
                    told.length < tokens ? Answer.NO_IDS : told,
                    timings.path("cache_n").asInt(0),
                    last.path("stop_type").asString(""),
                    "");
        }
    }
}
