package pie.server.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Render the messages of a chat through the model's own template. */
final class Messages {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    private static final int MOST = 100_000;

    private final ChatTemplate template;
    private final boolean knowsTools;

    /** @throws PieException UNSUPPORTED for a model without a template */
    Messages(LoadedModel model) {
        template = model.chatTemplate()
                .orElseThrow(() -> new PieException(
                        ErrorCode.UNSUPPORTED,
                        "model '" + model.name() + "' has no chat template; use POST /v1/completions",
                        Map.of("param", "model")));
        knowsTools = template.source().contains("tools");
    }

    String render(Fields fields, Tools tools) {
        List<Map<String, Object>> messages = read(fields);
        Map<String, Object> variables = fields.object("chat_template_kwargs").isPresent()
                ? Tools.map(fields.find("chat_template_kwargs").orElseThrow())
                : Map.of();
        boolean goesOn = fields.flag("continue_final_message", false);
        boolean cue = fields.flag("add_generation_prompt", !goesOn);
        boolean offers = tools.use() != ToolUse.NONE;
        if (!knowsTools) {
            messages = plain(messages, offers ? tools.prompt() : "");
        }
        String text =
                template.render(messages, offers && knowsTools ? tools.forTemplate() : null, cue && !goesOn, variables);
        return goesOn ? open(text, messages) : text;
    }

    /** Cut the text where the last message ends, so that the model goes on with it. */
    private static String open(String text, List<Map<String, Object>> messages) {
        String last = String.valueOf(messages.getLast().get("content")).strip();
        int at = text.lastIndexOf(last);
        return at < 0 ? text : text.substring(0, at + last.length());
    }

    private List<Map<String, Object>> read(Fields fields) {
        JsonNode list =
                fields.find("messages").orElseThrow(() -> Fields.invalid("messages", "is missing: a list of messages"));
        var all = new ArrayList<Map<String, Object>>();
        for (JsonNode message : Fields.array("messages", list, MOST)) {
            all.add(message(message, "messages[" + all.size() + "]"));
        }
        if (all.isEmpty()) {
            throw Fields.invalid("messages", "must hold at least one message");
        }
        return all;
    }

    private static Map<String, Object> message(JsonNode message, String at) {
        String role = message.path("role").asString("");
        if (!ROLES.contains(role)) {
            throw Fields.invalid(at + ".role", "must be system, developer, user, assistant or tool");
        }
        var map = new LinkedHashMap<String, Object>();
        map.put("role", role.equals("developer") ? "system" : role);
        map.put("content", content(message.path("content"), at + ".content", message.has("tool_calls")));
        if (message.path("name").isString()) {
            map.put("name", message.path("name").asString());
        }
        if (message.path("tool_call_id").isString()) {
            map.put("tool_call_id", message.path("tool_call_id").asString());
        }
        if (message.path("tool_calls").isArray() && !message.path("tool_calls").isEmpty()) {
            map.put("tool_calls", calls(message.path("tool_calls"), at + ".tool_calls"));
        }
        return map;
    }

    private static String content(JsonNode content, String at, boolean optional) {
        if (content.isString()) {
            return content.asString();
        }
        if (content.isMissingNode() || content.isNull()) {
            if (optional) {
                return "";
            }
            throw Fields.invalid(at, "is missing: a string, or a list of parts");
        }
        if (!content.isArray()) {
            throw Fields.invalid(at, "must be a string, or a list of parts");
        }
        var text = new StringBuilder();
        int i = 0;
        for (JsonNode part : content) {
            String where = at + "[" + i++ + "]";
            String type = part.path("type").asString("");
            if (type.equals("image_url") || type.equals("input_audio") || type.equals("file")) {
                throw Fields.unsupported(where + ".type", "is " + type + ", and this model reads text only");
            }
            if (!type.equals("text") || !part.path("text").isString()) {
                throw Fields.invalid(where, "must be {\"type\":\"text\",\"text\":…}");
            }
            text.append(part.path("text").asString());
        }
        return text.toString();
    }

    private static List<Map<String, Object>> calls(JsonNode calls, String at) {
        var all = new ArrayList<Map<String, Object>>();
        for (JsonNode call : calls) {
            JsonNode function = call.path("function");
            if (!function.path("name").isString()) {
                throw Fields.invalid(at + "[" + all.size() + "].function.name", "is missing");
            }
            var of = new LinkedHashMap<String, Object>();
            of.put("name", function.path("name").asString());
            of.put("arguments", arguments(function.path("arguments")));
            var map = new LinkedHashMap<String, Object>();
            map.put("id", call.path("id").asString(""));
            map.put("type", "function");
            map.put("function", of);
            all.add(map);
        }
        return all;
    }

    /** Templates take arguments as data. */
    private static Object arguments(JsonNode arguments) {
        if (arguments.isObject()) {
            return Tools.map(arguments);
        }
        try {
            JsonNode parsed = JsonMapper.shared().readTree(arguments.asString("{}"));
            return parsed.isObject() ? Tools.map(parsed) : arguments.asString("");
        } catch (JacksonException e) {
            return arguments.asString("");
        }
    }

    /** Write tools, calls and their results as text, for a template that knows nothing of them. */
    private static List<Map<String, Object>> plain(List<Map<String, Object>> messages, String offer) {
        var all = new ArrayList<Map<String, Object>>();
        for (Map<String, Object> message : messages) {
            String role = String.valueOf(message.get("role"));
            String content = String.valueOf(message.get("content"));
            if (role.equals("tool")) {
                all.add(Map.of("role", "user", "content", "<tool_response>\n" + content + "\n</tool_response>"));
            } else if (message.get("tool_calls") instanceof List<?> calls) {
                all.add(Map.of("role", role, "content", content + written(calls)));
            } else {
                all.add(message);
            }
        }
        if (offer.isEmpty()) {
            return all;
        }
        if ("system".equals(all.getFirst().get("role"))) {
            String content = all.getFirst().get("content") + "\n\n" + offer;
            all.set(0, Map.of("role", "system", "content", content));
        } else {
            all.addFirst(Map.of("role", "system", "content", offer));
        }
        return all;
    }

    private static String written(List<?> calls) {
        var text = new StringBuilder();
        for (Object call : calls) {
            if (call instanceof Map<?, ?> map) {
                text.append("<tool_call>\n")
                        .append(JsonMapper.shared().writeValueAsString(map.get("function")))
                        .append("\n</tool_call>");
            }
        }
        return text.toString();
    }
}
