package pie.engine.grammar.schema;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Read a schema and resolve references inside it. */
final class SchemaDocument {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Place root;

    private SchemaDocument(Place root) {
        this.root = root;
    }

    static SchemaDocument parse(String schema) {
        try {
            @Nullable JsonNode node = MAPPER.readTree(schema);
            if (node == null || !(node.isObject() || node.isBoolean())) {
                throw SchemaErrors.invalid("", "a schema must be a JSON object, true or false");
            }
            return new SchemaDocument(new Place("", node));
        } catch (JacksonException e) {
            @Nullable TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "JSON Schema, " + where + "this is no JSON text: " + e.getOriginalMessage(),
                    Map.of("pointer", ""),
                    e);
        }
    }

    Place root() {
        return root;
    }

    /** Return the schema that the {@code $ref} at a place refers to. */
    Place resolve(Place schema) {
        Place place = schema.member("$ref");
        if (!place.node().isString()) {
            throw SchemaErrors.invalid(place.pointer(), "must be a string");
        }
        String reference = place.node().asString();
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw SchemaErrors.unsupported(
                    place.pointer(), "only references to # and #/… are followed, not '" + reference + "'");
        }
        Place at = base(schema);
        String[] steps = reference.equals("#")
                ? new String[0]
                : decoded(place, reference).substring(2).split("/", -1);
        for (String step : steps) {
            String key = step.replace("~1", "/").replace("~0", "~");
            if (at.has(key)) {
                at = at.member(key);
            } else if (at.node().isArray()
                    && key.matches("0|[1-9][0-9]{0,8}")
                    && at.node().has(Integer.parseInt(key))) {
                at = at.element(Integer.parseInt(key));
            } else {
                throw SchemaErrors.invalid(place.pointer(), "there is nothing at '" + reference + "'");
            }
        }
        if (!at.node().isObject() && !at.node().isBoolean()) {
            throw SchemaErrors.invalid(place.pointer(), "there is no schema at '" + reference + "'");
        }
        return at;
    }

    private static String decoded(Place place, String reference) {
        try {
            return URLDecoder.decode(reference.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw SchemaErrors.invalid(place.pointer(), "'" + reference + "' is no URI reference");
        }
    }

    /** Returns the schema that {@code #} means here: the nearest one around that has an identifier of its own. */
    private Place base(Place schema) {
        Place at = root;
        Place base = root;
        for (String step : schema.pointer().isEmpty()
                ? new String[0]
                : schema.pointer().substring(1).split("/", -1)) {
            at = at.node().isArray()
                    ? at.element(Integer.parseInt(step))
                    : at.member(step.replace("~1", "/").replace("~0", "~"));
            for (String key : new String[] {"$id", "id"}) {
                if (at.has(key)
                        && at.node().get(key).isString()
                        && !at.node().get(key).asString().startsWith("#")) {
                    if (at.has("$ref")) {
                        throw SchemaErrors.unsupported(
                                at.pointer(), key + " beside $ref means different things to different drafts");
                    }
                    base = at;
                }
            }
        }
        return base;
    }
}
