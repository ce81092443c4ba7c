package pie.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turn the words after {@code --} into a program's input object.
 *
 * <pre>
 * --some-key v   --some-key=v   -k v      "some_key": v, typed: int, float, bool, else string
 * --flag         --no-flag                true, false
 * --k @file                               text of the file
 * --k:=JSON                               JSON as it stands
 * word                                    appended to "_positional"
 * </pre>
 *
 * A repeated key makes a list. A following number is a value even with a leading minus.
 */
public final class ProgramArguments {
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
    private static final Pattern NUMBER = Pattern.compile("-?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ProgramArguments() {}

    /** @throws PieException INVALID_ARGUMENT for raw JSON that is none, NOT_FOUND for a file */
    public static ObjectNode parse(List<String> words) {
        ObjectNode input = NODES.objectNode();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!isKey(word)) {
                input.withArray("_positional").add(typed(word));
                continue;
            }
            String key = word.substring(word.startsWith("--") ? 2 : 1);
            int raw = key.indexOf(":=");
            int equals = key.indexOf('=');
            if (raw > 0 && raw < equals) {
                put(input, key.substring(0, raw), json(key.substring(0, raw), key.substring(raw + 2)));
            } else if (equals > 0) {
                put(input, key.substring(0, equals), value(key.substring(equals + 1)));
            } else if (i + 1 < words.size() && !isKey(words.get(i + 1))) {
                put(input, key, value(words.get(++i)));
            } else if (key.startsWith("no-")) {
                put(input, key.substring(3), NODES.booleanNode(false));
            } else {
                put(input, key, NODES.booleanNode(true));
            }
        }
        return input;
    }

    /** Read {@code --input}: JSON, or {@code @FILE} that holds it. */
    public static JsonNode parseInput(String text) {
        return text.startsWith("@") ? json("--input", read(text.substring(1))) : json("--input", text);
    }

    private static boolean isKey(String word) {
        return word.length() > 1
                && word.startsWith("-")
                && !NUMBER.matcher(word).matches();
    }

    private static void put(ObjectNode input, String key, JsonNode value) {
        String name = key.replace('-', '_');
        JsonNode before = input.path(name);
        if (before.isMissingNode()) {
            input.set(name, value);
        } else if (before instanceof ArrayNode list) {
            list.add(value);
        } else {
            input.set(name, NODES.arrayNode().add(before).add(value));
        }
    }

    private static JsonNode value(String text) {
        return text.startsWith("@") ? NODES.stringNode(read(text.substring(1))) : typed(text);
    }

    private static JsonNode typed(String text) {
        if (INTEGER.matcher(text).matches()) {
            return NODES.numberNode(Long.parseLong(text));
        }
        if (NUMBER.matcher(text).matches()) {
            return NODES.numberNode(Double.parseDouble(text));
        }
        return text.equals("true") || text.equals("false")
                ? NODES.booleanNode(text.equals("true"))
                : NODES.stringNode(text);
    }

    private static JsonNode json(String what, String text) {
        try {
            return Json.parse(text);
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    what + " is not JSON: " + e.getOriginalMessage(),
                    Map.of("argument", what),
                    e);
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_FOUND, "cannot read " + file + ": " + reason(e), Map.of("file", file), e);
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException n -> "there is no such file";
            case AccessDeniedException a -> "permission denied";
            case CharacterCodingException c -> "it is not UTF-8 text";
            default -> String.valueOf(e.getMessage());
        };
    }
}
