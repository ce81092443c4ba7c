package pie.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Launch one program a request on a pie server. */
final class PieTarget implements Target {
    private static final Map<String, String> FILES =
            Map.of("python", "%s.py", "javascript", "%s.js", "java", "%s.java");

    private final URI server;
    private final Optional<String> token;
    private final String language;
    private final String program;

    /** @param program stem of a file under resources/programs, e.g. {@code generate} or {@code collect} */
    PieTarget(URI server, Optional<String> token, String language, String program) {
        this.server = server;
        this.token = token;
        this.language = language;
        this.program = program;
    }

    @Override
    public String name() {
        return "pie-" + language;
    }

    @Override
    public Sample generate(Prompt prompt) throws IOException, InterruptedException {
        return launch(Map.of("prompt", prompt.ids(), "max_tokens", prompt.maxTokens()));
    }

    /** Launch with an input; {@link Sample#first} is the first message or line that the program sends. */
    Sample launch(Map<String, ?> input) throws IOException, InterruptedException {
        var clock = new Clock();
        long accepted = Sse.post(server.resolve("/v1/processes"), token, body(input), clock);
        return clock.sample(accepted);
    }

    /** Launch and return what the program returned. */
    JsonNode result(Map<String, ?> input) throws IOException, InterruptedException {
        var clock = new Clock();
        Sse.post(server.resolve("/v1/processes"), token, body(input), clock);
        if (!clock.error.isEmpty()) {
            throw new IOException(clock.error);
        }
        return clock.value;
    }

    private Map<String, Object> body(Map<String, ?> input) throws IOException {
        String file = FILES.getOrDefault(language, "%s").formatted(program);
        return Map.of("source", Map.of("language", language, "file", file, "code", source(file)), "input", input);
    }

    private static String source(String file) throws IOException {
        try (InputStream in = PieTarget.class.getResourceAsStream("/programs/" + file)) {
            if (in == null) {
                throw new IOException("no program " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Note when the events of one process arrive. */
    private static final class Clock implements Sse.Reader {
        private final long sent = System.nanoTime();
        private long first;
        private long last;
        private String error = "the stream ended without a result";
        private JsonNode value = JsonMapper.shared().createObjectNode();

        @Override
        public boolean event(JsonNode data) {
            long now = System.nanoTime();
            switch (data.path("type").asString("")) {
                case "message", "stdout" -> first = first == 0 ? now : first;
                case "return" -> {
                    last = now;
                    error = "";
                    String text = data.path("data").asString("");
                    value = text.startsWith("{") ? JsonMapper.shared().readTree(text) : value;
                    return false;
                }
                case "error" -> {
                    error = data.path("data").path("message").asString("failed");
                    return false;
                }
                default -> {}
            }
            return true;
        }

        Sample sample(long accepted) {
            return error.isEmpty()
                    ? new Sample(
                            accepted - sent,
                            (first == 0 ? last : first) - sent,
                            last - sent,
                            value.path("tokens").asInt(0),
                            "")
                    : Sample.failed(error);
        }
    }
}
