package pie.inferlet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;

/** Name the ways in which models write tool calls. Which one a model has shows in its chat template. */
enum ToolForm {
    /** {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}: Qwen, Hermes. */
    HERMES("hermes", "<tool_call>", "arguments", "<tool_call>\n", "\n</tool_call>", "\n"),
    /** {@code [TOOL_CALLS] [{"name": …, "arguments": {…}}]}: Mistral. */
    MISTRAL("mistral", "[TOOL_CALLS]", "arguments", "[TOOL_CALLS] ", "", ""),
    /** {@code <｜tool▁call▁begin｜>function<｜tool▁sep｜>name, then a block of JSON}: DeepSeek. */
    DEEPSEEK("deepseek", "<｜tool▁sep｜>", "arguments", "", "", ""),
    /** {@code {"name": …, "parameters": {…}}} as the whole answer: Llama 3. */
    LLAMA3("llama3", "<|python_tag|>", "parameters", "", "", "");

    private final String word;
    private final String mark;
    private final String field;
    private final String before;
    private final String after;
    private final String between;

    /**
     * @param mark text that a call begins with
     * @param field of the arguments
     * @param before text in front of the JSON of a call, {@code after} behind it, {@code between} one call and the next
     */
    ToolForm(String word, String mark, String field, String before, String after, String between) {
        this.word = word;
        this.mark = mark;
        this.field = field;
        this.before = before;
        this.after = after;
        this.between = between;
    }

    static Optional<ToolForm> of(LoadedModel model) {
        return model.chatTemplate().map(ChatTemplate::source).flatMap(ToolForm::of);
    }

    private static Optional<ToolForm> of(String template) {
        if (!template.contains("tools")) {
            return Optional.empty();
        }
        if (template.contains("tool▁call")) {
            return Optional.of(DEEPSEEK);
        }
        if (template.contains("<tool_call>")) {
            return Optional.of(HERMES);
        }
        if (template.contains("[TOOL_CALLS]")) {
            return Optional.of(MISTRAL);
        }
        return template.contains("python_tag") || template.contains("<|start_header_id|>")
                ? Optional.of(LLAMA3)
                : Optional.empty();
    }

    String word() {
        return word;
    }

    String mark() {
        return mark;
    }

    String field() {
        return field;
    }

    String before() {
        return before;
    }

    String after() {
        return after;
    }

    String between() {
        return between;
    }

    /** Return the JSON Schema of what stands between the marks, for these tools. */
    Object schema(List<Map<String, Object>> tools) {
        var calls = new ArrayList<Map<String, Object>>();
        for (Map<String, Object> tool : tools) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("name", Map.of("const", tool.getOrDefault("name", "")));
            fields.put(field, tool.getOrDefault("parameters", Map.of("type", "object")));
            var call = new LinkedHashMap<String, Object>();
            call.put("type", "object");
            call.put("properties", fields);
            call.put("required", List.of("name", field));
            calls.add(call);
        }
        Map<String, Object> one = calls.size() == 1 ? calls.getFirst() : Map.of("anyOf", calls);
        return this == MISTRAL ? Map.of("type", "array", "minItems", 1, "items", one) : one;
    }
}
