package pie.server;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Read and write JSON as the wire wants it: bounded, strict, numbers unchanged, always valid UTF-8. */
final class Json {
    private static final JsonMapper WRITER = JsonMapper.builder().build();

    /** The parser's words for where an array or object began, which it does not tell of bytes that it may not show. */
    private static final Pattern START = Pattern.compile(" \\(start marker at .*\\)$", Pattern.DOTALL);

    private final JsonMapper reader;

    Json(ServerLimits limits) {
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.jsonDepth())
                .maxStringLength(limits.jsonString())
                .build();
        reader = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /**
     * Parse one JSON value.
     *
     * @param what names the text in the error, e.g. {@code the body}
     * @throws PieException BAD_REQUEST with line and column
     */
    JsonNode parse(byte[] bytes, String what) {
        try {
            JsonNode node = reader.readTree(bytes);
            if (node.isMissingNode()) {
                throw new PieException(ErrorCode.BAD_REQUEST, what + " is empty: send one JSON value");
            }
            return node;
        } catch (NumberFormatException e) { // a number whose exponent no decimal has
            throw new PieException(ErrorCode.BAD_REQUEST, what + " has a number that is out of range", Map.of(), e);
        } catch (StreamConstraintsException e) {
            throw new PieException(
                    ErrorCode.BAD_REQUEST,
                    what + " exceeds a limit of the server: " + e.getOriginalMessage(),
                    Map.of(),
                    e);
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new PieException(
                    ErrorCode.BAD_REQUEST,
                    what + " is not valid JSON: "
                            + START.matcher(e.getOriginalMessage()).replaceFirst(""),
                    at == null ? Map.of() : Map.of("line", at.getLineNr(), "column", at.getColumnNr()),
                    e);
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Turn maps, lists, strings, numbers and booleans into JSON. */
    static JsonNode tree(Object value) {
        return WRITER.valueToTree(value);
    }

    static String text(Object value) {
        return WRITER.writeValueAsString(value);
    }

    static byte[] bytes(JsonNode node) {
        return utf8(text(node));
    }

    /** Encode text; a surrogate without its mate becomes U+FFFD. */
    static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return repaired(text).getBytes(StandardCharsets.UTF_8);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String repaired(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
