package pie.server.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pie.engine.grammar.GrammarSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hold the functions that a request offers, and how they may be used.
 *
 * @param function the one that must be called, "" for any
 */
record Tools(List<JsonNode> offered, ToolUse use, String function) {
    static final Tools NONE = new Tools(List.of(), ToolUse.NONE, "");

    private static final int MOST = 128;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    static Tools read(Fields fields) {
        Optional<JsonNode> list = fields.find("tools");
        var offered = new ArrayList<JsonNode>();
        if (list.isPresent()) {
            for (JsonNode tool : Fields.array("tools", list.get(), MOST)) {
                check(tool, "tools[" + offered.size() + "]");
                offered.add(tool);
            }
        }
        Optional<JsonNode> choice = fields.find("tool_choice");
        if (offered.isEmpty()) {
            boolean asks = choice.isPresent()
                    && !choice.get().asString("").equals("none")
                    && !choice.get().asString("").equals("auto");
            if (asks) {
                throw Fields.invalid("tool_choice", "needs 'tools' to choose from");
            }
            return NONE;
        }
        return choice.map(c -> chosen(offered, c)).orElseGet(() -> new Tools(offered, ToolUse.FREE, ""));
    }

    private static void check(JsonNode tool, String at) {
        if (!tool.path("type").asString("").equals("function")) {
            throw Fields.unsupported(at + ".type", "must be function: nothing else is offered");
        }
        String name = tool.path("function").path("name").asString("");
        if (!NAME.matcher(name).matches()) {
            throw Fields.invalid(at + ".function.name", "must have 1 to 64 of the characters A-Z a-z 0-9 _ . -");
        }
        JsonNode parameters = tool.path("function").path("parameters");
        if (!parameters.isMissingNode() && !parameters.isNull() && !parameters.isObject()) {
            throw Fields.invalid(at + ".function.parameters", "must be a JSON Schema");
        }
    }

    private static Tools chosen(List<JsonNode> offered, JsonNode choice) {
        if (choice.isString()) {
            return switch (choice.asString()) {
                case "none" -> NONE;
                case "auto" -> new Tools(offered, ToolUse.FREE, "");
                case "required" -> new Tools(offered, ToolUse.CALL, "");
                default -> throw Fields.invalid("tool_choice", "must be none, auto, required or one function");
            };
        }
        String name = choice.path("function").path("name").asString("");
        if (offered.stream().noneMatch(t -> name(t).equals(name))) {
            throw Fields.invalid("tool_choice.function.name", "names \"" + name + "\", which is not among 'tools'");
        }
        return new Tools(offered, ToolUse.ARGUMENTS, name);
    }

    static String name(JsonNode tool) {
        return tool.path("function").path("name").asString("");
    }

    /** Return the form that a call must have, empty where the model is free. */
    Optional<GrammarSource> structure() {
        return switch (use) {
            case NONE, FREE -> Optional.empty();
            case ARGUMENTS ->
                Optional.of(Structure.schema(parameters(offered.stream()
                        .filter(t -> name(t).equals(function))
                        .findFirst()
                        .orElseThrow())));
            case CALL -> Optional.of(Structure.schema(anyCall()));
        };
    }

    /** Return the schema of the arguments; a function of which none is said takes none, and one of {@code {}} takes any. */
    private static JsonNode parameters(JsonNode tool) {
        JsonNode parameters = tool.path("function").path("parameters");
        if (parameters.isObject() && !parameters.isEmpty()) {
            return parameters;
        }
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("type", "object");
        if (!parameters.isObject()) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    private JsonNode anyCall() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ArrayNode all = schema.putArray("anyOf");
        for (JsonNode tool : offered) {
            ObjectNode call = all.addObject();
            call.put("type", "object");
            ObjectNode properties = call.putObject("properties");
            properties.putObject("name").put("const", name(tool));
            properties.set("arguments", parameters(tool));
            call.putArray("required").add("name").add("arguments");
            call.put("additionalProperties", false);
        }
        return schema;
    }

    /** Return the tools as a template takes them. */
    List<Map<String, Object>> forTemplate() {
        var all = new ArrayList<Map<String, Object>>();
        for (JsonNode tool : offered) {
            all.add(map(tool));
        }
        return all;
    }

    /** Tell a model whose template knows nothing of tools what it can call, and how. */
    String prompt() {
        var text = new StringBuilder("You can call these functions:\n");
        for (JsonNode tool : offered) {
            text.append(tool.path("function")).append('\n');
        }
        return text.append("To call a function, answer with nothing but\n<tool_call>\n")
                .append("{\"name\": \"function name\", \"arguments\": {…}}\n</tool_call>")
                .toString();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(JsonNode object) {
        return JsonMapper.shared().convertValue(object, LinkedHashMap.class);
    }
}
