package pie.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answer typed questions about a JSON object in a file; a missing or mistyped key is an error that names it. */
final class JsonFile {
    private static final long MAX_BYTES = 1 << 28;
    // Vocabularies have 10^5 different names: a symbol table only slows them down.
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build())
            .build();

    private final Path file;
    private final JsonNode root;

    private JsonFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    static JsonFile read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw ModelErrors.missing(file);
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw ModelErrors.key(file, "the document", "is larger than " + MAX_BYTES + " bytes");
            }
            return parse(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw ModelErrors.unreadable(file, e);
        }
    }

    /** Return the file's object, or an empty one if there is no such file. */
    static JsonFile readIfThere(Path file) {
        return Files.isRegularFile(file) ? read(file) : new JsonFile(file, MAPPER.createObjectNode());
    }

    static JsonFile parse(Path file, byte[] json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw ModelErrors.unreadable(file, e);
        }
        if (!root.isObject()) {
            throw ModelErrors.key(file, "the document", "is not a JSON object");
        }
        return new JsonFile(file, root);
    }

    Path file() {
        return file;
    }

    JsonNode root() {
        return root;
    }

    /** Return the value of a key, empty if it is absent or null. */
    Optional<JsonNode> find(String key) {
        @Nullable JsonNode value = root.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    /** Return the object under a key, empty if it is absent or null. */
    Optional<JsonFile> object(String key) {
        return find(key).map(value -> {
            if (!value.isObject()) {
                throw broken(key, "must be an object");
            }
            return new JsonFile(file, value);
        });
    }

    int size(String key, int least, int most) {
        return size(find(key).orElseThrow(() -> broken(key, "is missing")), key, least, most);
    }

    int size(String key, int least, int most, int absent) {
        return find(key).map(value -> size(value, key, least, most)).orElse(absent);
    }

    private int size(JsonNode value, String key, int least, int most) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw broken(key, "must be an integer");
        }
        int size = value.asInt();
        if (size < least || size > most) {
            throw broken(key, "is " + size + ", allowed are " + least + " to " + most);
        }
        return size;
    }

    double real(String key) {
        JsonNode value = find(key).orElseThrow(() -> broken(key, "is missing"));
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw broken(key, "must be a finite number");
        }
        return value.asDouble();
    }

    double real(String key, double absent) {
        return find(key).isPresent() ? real(key) : absent;
    }

    boolean truth(String key, boolean absent) {
        return find(key)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw broken(key, "must be true or false");
                    }
                    return value.asBoolean();
                })
                .orElse(absent);
    }

    Optional<String> text(String key) {
        return find(key).map(value -> {
            if (!value.isString()) {
                throw broken(key, "must be a string");
            }
            return value.asString();
        });
    }

    PieException broken(String key, String problem) {
        return ModelErrors.key(file, key, problem);
    }

    PieException unsupported(String key, String problem) {
        return ModelErrors.unsupportedKey(file, key, problem);
    }
}
