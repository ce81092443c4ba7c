package pie.inferlet;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Read and write JSON values: {@code Map List String Number Boolean null}, and records. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final JsonMapper SNAKE = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private Json() {}

    /** Write a record with names in snake_case. */
    public static String snakeText(Object record) {
        return SNAKE.writeValueAsString(record);
    }

    public static @Nullable Object parse(String text, String what) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.GRAMMAR_VIOLATION,
                    what + ": the text is not complete JSON: " + e.getOriginalMessage(),
                    Map.of("text", text),
                    e);
        }
    }

    /** Read the JSON that another host answered with. */
    static @Nullable Object answer(String text, String url) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    "the answer of " + url + " is not JSON: " + e.getOriginalMessage(),
                    Map.of("peer", url),
                    e);
        }
    }

    /** Read the JSON of a request to this program. */
    static @Nullable Object request(String text) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the body of this request is not JSON: " + e.getOriginalMessage(),
                    Map.of(),
                    e);
        }
    }

    public static String text(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "value cannot be written as JSON: " + e.getOriginalMessage(),
                    Map.of(),
                    e);
        }
    }
}
