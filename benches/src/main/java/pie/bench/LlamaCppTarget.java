package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Ask llama.cpp's server by its own route, which takes token ids; prompt cache off, since pie's prompts share nothing either. */
final class LlamaCppTarget implements Target {
    private final URI server;

    LlamaCppTarget(URI server) {
        this.server = server;
    }

    @Override
    public String name() {
        return "llamacpp";
    }

    @Override
    public Sample generate(Prompt prompt) throws IOException, InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        body.put("prompt", prompt.ids());
        body.put("n_predict", prompt.maxTokens());
        body.put("stream", true);
        body.put("temperature", 0);
        body.put("ignore_eos", true);
        body.put("cache_prompt", false);
        var clock = new Clock();
        long accepted = Sse.post(server.resolve("/completion"), Optional.empty(), body, clock);
        return clock.tokens == 0
                ? Sample.failed("no tokens were counted")
                : new Sample(
                        accepted - clock.sent, clock.first - clock.sent, clock.last - clock.sent, clock.tokens, "");
    }

    private static final class Clock implements Sse.Reader {
        private final long sent = System.nanoTime();
        private long first;
        private long last;
        private int tokens;

        @Override
        public boolean event(JsonNode data) {
            last = System.nanoTime();
            first = first == 0 ? last : first;
            tokens = data.path("tokens_predicted").asInt(tokens);
            return !data.path("stop").asBoolean(false);
        }
    }
}
