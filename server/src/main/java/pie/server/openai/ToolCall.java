package pie.server.openai;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hold a call that the model asks for; {@code arguments} is JSON text. */
record ToolCall(String name, String arguments) {
    /** Read {@code {"name":…, "arguments":{…}}}, or with {@code parameters} as some models write it. */
    static Optional<ToolCall> parse(String text) {
        JsonNode call;
        try {
            call = JsonMapper.shared().readTree(text.strip());
        } catch (JacksonException e) {
            return Optional.empty();
        }
        JsonNode arguments = call.has("arguments") ? call.path("arguments") : call.path("parameters");
        if (!call.path("name").isString() || arguments.isMissingNode()) {
            return Optional.empty();
        }
        String name = call.path("name").asString();
        return Optional.of(new ToolCall(name, arguments.isString() ? arguments.asString() : arguments.toString()));
    }
}
