package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Ask {@code /v1/completions} of any engine, with token ids as the prompt, so that no tokenizer stands between. */
final class CompletionsAsker implements Asker {
    private final String name;
    private final URI server;
    private final Optional<String> token;
    private final String model;
    private final Map<String, Object> more;

    /** @param more fields beside the common ones, e.g. to turn a prefix cache off */
    CompletionsAsker(String name, URI server, Optional<String> token, String model, Map<String, Object> more) {
        this.name = name;
        this.server = server;
        this.token = token;
        this.model = model;
        this.more = more;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer ask(Prompt prompt) throws IOException, InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        body.put("model", model);
        body.put("prompt", prompt.ids());
        body.put("max_tokens", prompt.maxTokens());
        body.put("temperature", 0);
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        body.put("ignore_eos", true);
        body.putAll(more);
        var clock = new ChunkClock();
        Sse.post(server.resolve("/v1/completions"), token, body, clock);
        return clock.answer();
    }
}
