package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Ask llama.cpp's server by its own route, which takes token ids; prompt cache off, since pie's prompts share nothing either. */
final class LlamaCppTarget implements Target {
    static final URI URL = URI.create("http://127.0.0.1:18087");

    private final URI server;

    LlamaCppTarget(URI server) {
        this.server = server;
    }

    /** Return the command of a server with a slot for each request in flight and room for all of them. */
    static List<String> command(Path binary, Path model, int slots, int tokens, int threads) {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "-m", model.toString()));
        command.addAll(List.of("--port", Integer.toString(URL.getPort()), "-fa", "on"));
        command.addAll(List.of("-np", Integer.toString(slots), "-c", Integer.toString(tokens)));
        if (threads > 0) {
            command.addAll(List.of("-t", Integer.toString(threads)));
        }
        return command;
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
