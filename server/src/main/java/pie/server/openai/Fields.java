package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Read the fields of a request; unknown ones are ignored, known ones out of range are refused by name. Null counts as absent. */
final class Fields {
    private final ObjectNode body;

    Fields(ObjectNode body) {
        this.body = body;
    }

    /** Refuse a value. {@code param} is the path of the field. */
    static PieException invalid(String param, String rule) {
        return new PieException(ErrorCode.INVALID_ARGUMENT, "'" + param + "' " + rule, Map.of("param", param));
    }

    /** Refuse what is known, but not offered. */
    static PieException unsupported(String param, String why) {
        return new PieException(ErrorCode.UNSUPPORTED, "'" + param + "' " + why, Map.of("param", param));
    }

    Optional<JsonNode> find(String name) {
        JsonNode node = body.path(name);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    Optional<Fields> object(String name) {
        return find(name).map(node -> {
            if (node instanceof ObjectNode object) {
                return new Fields(object);
            }
            throw invalid(name, "must be an object");
        });
    }

    Optional<String> text(String name) {
        return find(name).map(node -> {
            if (!node.isString()) {
                throw invalid(name, "must be a string");
            }
            return node.asString();
        });
    }

    boolean flag(String name, boolean absent) {
        return find(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw invalid(name, "must be true or false");
                    }
                    return node.asBoolean();
                })
                .orElse(absent);
    }

    OptionalInt integer(String name, int min, int max) {
        Optional<JsonNode> node = find(name);
        if (node.isEmpty()) {
            return OptionalInt.empty();
        }
        boolean whole = node.get().isIntegralNumber() && node.get().canConvertToInt();
        if (!whole || node.get().asInt() < min || node.get().asInt() > max) {
            throw invalid(
                    name,
                    "must be a whole number from " + min + (max == Integer.MAX_VALUE ? " on" : " to " + max) + ", got "
                            + shown(node.get()));
        }
        return OptionalInt.of(node.get().asInt());
    }

    OptionalLong seed(String name) {
        Optional<JsonNode> node = find(name);
        if (node.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!node.get().isIntegralNumber() || !node.get().canConvertToLong()) {
            throw invalid(name, "must be a whole number of 64 bits");
        }
        return OptionalLong.of(node.get().asLong());
    }

    double number(String name, double min, double max, double absent) {
        Optional<JsonNode> node = find(name);
        if (node.isEmpty()) {
            return absent;
        }
        double value = node.get().isNumber() ? node.get().asDouble() : Double.NaN;
        if (!(value >= min && value <= max)) {
            throw invalid(name, "must be a number from " + min + " to " + max + ", got " + shown(node.get()));
        }
        return value;
    }

    /** Read a string or a list of strings. */
    List<String> texts(String name, int most) {
        Optional<JsonNode> node = find(name);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get().isString()) {
            return List.of(node.get().asString());
        }
        var all = new ArrayList<String>();
        for (JsonNode each : array(name, node.get(), most)) {
            if (!each.isString()) {
                throw invalid(name + "[" + all.size() + "]", "must be a string");
            }
            all.add(each.asString());
        }
        return all;
    }

    /** Read a list of token ids. */
    int[] ids(String name, int most) {
        return find(name).map(node -> ids(name, node, most)).orElse(new int[0]);
    }

    static int[] ids(String name, JsonNode node, int most) {
        JsonNode list = array(name, node, most);
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!list.get(i).isIntegralNumber() || !list.get(i).canConvertToInt()) {
                throw invalid(name + "[" + i + "]", "must be a token id");
            }
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }

    static JsonNode array(String name, JsonNode node, int most) {
        if (!node.isArray()) {
            throw invalid(name, "must be a list");
        }
        if (node.size() > most) {
            throw invalid(name, "must have at most " + most + " entries, got " + node.size());
        }
        return node;
    }

    static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
