package pie.bench;

import java.util.Arrays;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Note when the chunks of one OpenAI stream arrive, and what the server counted. */
final class ChunkClock implements Sse.Reader {
    private final long sent = System.nanoTime();
    private long[] chunks = new long[64];
    private int count;
    private final IntStream.Builder ids = IntStream.builder();
    private int promptTokens;
    private int outputTokens;
    private int cachedTokens;
    private String finish = "";
    private String error = "";

    @Override
    public boolean event(JsonNode data) {
        long now = System.nanoTime() - sent;
        if (data.has("error")) {
            error = data.path("error").path("message").asString("failed");
            return false;
        }
        JsonNode choice = data.path("choices").path(0);
        JsonNode delta = choice.path("delta");
        String text = choice.path("text").asString("") + delta.path("content").asString("");
        if (choice.path("token_ids").isArray()) {
            choice.path("token_ids").forEach(id -> ids.add(id.asInt()));
        }
        if (!text.isEmpty() || !choice.path("token_ids").isEmpty()) {
            if (count == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * count);
            }
            chunks[count++] = now;
        }
        finish = choice.path("finish_reason").asString(finish);
        JsonNode usage = data.path("usage");
        if (usage.isObject()) {
            promptTokens = usage.path("prompt_tokens").asInt(0);
            outputTokens = usage.path("completion_tokens").asInt(0);
            cachedTokens =
                    usage.path("prompt_tokens_details").path("cached_tokens").asInt(0);
        }
        return true;
    }

    Answer answer() {
        if (!error.isEmpty()) {
            return Answer.failed(error);
        }
        if (outputTokens == 0) {
            return Answer.failed("the server counted no tokens");
        }
        long[] all = Arrays.copyOf(chunks, count);
        long end = System.nanoTime() - sent;
        return new Answer(0, all, end, promptTokens, outputTokens, ids.build().toArray(), cachedTokens, finish, "");
    }
}
