package pie.server.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Check an input against the parameters of a manifest, fill in defaults, and write the parameters as a schema. */
final class Parameters {
    private static final Set<String> ALWAYS = Set.of("_positional", "_input", "_args");

    private Parameters() {}

    /** @throws PieException INVALID_ARGUMENT naming all problems */
    static JsonNode checked(Manifest manifest, JsonNode input) {
        if (!(manifest.parameters() instanceof ObjectNode parameters) || manifest.legacy()) {
            return input;
        }
        if (!(input instanceof ObjectNode given)) {
            throw PieException.invalid("the input must be an object: program " + manifest.id() + " has parameters");
        }
        List<String> problems = new ArrayList<>();
        ObjectNode filled = given.deepCopy();
        boolean more = parameters.path("additional").isBoolean()
                && parameters.path("additional").asBoolean();
        for (String key : given.propertyNames()) {
            if (!parameters.path(key).isObject() && !more && !ALWAYS.contains(key)) {
                problems.add("unknown parameter '" + key + "'");
            }
        }
        for (Map.Entry<String, JsonNode> each : parameters.properties()) {
            if (each.getValue() instanceof ObjectNode rule) {
                check(each.getKey(), rule, filled, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT, String.join("; ", problems), Map.of("problems", problems));
        }
        return filled;
    }

    private static void check(String name, ObjectNode rule, ObjectNode input, List<String> problems) {
        JsonNode value = input.path(name);
        if (value.isMissingNode()) {
            if (rule.has("default")) {
                input.set(name, rule.get("default"));
            } else if (!rule.path("optional").asBoolean(false)) {
                problems.add("missing parameter '" + name + "'");
            }
            return;
        }
        String type = rule.path("type").asString("any");
        if (!fits(type, value)) {
            problems.add("parameter '" + name + "' must be " + type);
            return;
        }
        JsonNode choices = rule.path("choices");
        if (choices.isArray() && choices.valueStream().noneMatch(c -> c.equals(value))) {
            problems.add("parameter '" + name + "' must be one of " + choices);
        }
        boolean low = rule.path("min").isNumber()
                && value.isNumber()
                && value.asDouble() < rule.path("min").asDouble();
        boolean high = rule.path("max").isNumber()
                && value.isNumber()
                && value.asDouble() > rule.path("max").asDouble();
        if (low || high) {
            problems.add("parameter '" + name + "' is out of range");
        }
    }

    /** Write the table as a JSON Schema; anything goes where there is none. */
    static ObjectNode schema(Manifest manifest) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        if (!(manifest.parameters() instanceof ObjectNode parameters)) {
            return schema;
        }
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (Map.Entry<String, JsonNode> each : parameters.properties()) {
            if (each.getValue() instanceof ObjectNode rule) {
                properties.set(each.getKey(), schema(rule));
                if (!rule.path("optional").asBoolean(false) && !rule.has("default")) {
                    required.add(each.getKey());
                }
            }
        }
        ALWAYS.stream().sorted().forEach(name -> properties.putObject(name));
        schema.put(
                "additionalProperties",
                manifest.legacy() || parameters.path("additional").asBoolean(false));
        return schema;
    }

    private static ObjectNode schema(ObjectNode rule) {
        ObjectNode property = JsonNodeFactory.instance.objectNode();
        switch (rule.path("type").asString("any")) {
            case "string" -> property.put("type", "string");
            case "int" -> property.put("type", "integer");
            case "float" -> property.put("type", "number");
            case "bool" -> property.put("type", "boolean");
            case "list" -> property.put("type", "array");
            case "object" -> property.put("type", "object");
            default -> {}
        }
        copy(rule, "description", property, "description");
        copy(rule, "default", property, "default");
        copy(rule, "choices", property, "enum");
        copy(rule, "min", property, "minimum");
        copy(rule, "max", property, "maximum");
        return property;
    }

    private static void copy(ObjectNode from, String key, ObjectNode to, String as) {
        if (from.has(key)) {
            to.set(as, from.get(key));
        }
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "int" ->
                value.isIntegralNumber() || (value.isNumber() && value.asDouble() == Math.rint(value.asDouble()));
            case "float" -> value.isNumber();
            case "bool" -> value.isBoolean();
            case "list" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
    }
}
