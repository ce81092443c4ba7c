package pie.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Read and write JSON; apart, so that commands without it do not load the library. */
public final class Json {
    public static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    public static String pretty(Object value) {
        return PRETTY.writeValueAsString(value);
    }

    public static String line(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** @throws JacksonException if {@code text} is not one JSON value */
    public static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }
}
