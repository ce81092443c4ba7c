package pie.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;
import pie.inferlet.Json;

/** Give the default model a chat template with a place for tools, in the form of Qwen. */
final class ToolModel {
    private ToolModel() {}

    static LoadedModel of(LoadedModel plain, String name) {
        return new LoadedModel(name, plain.config(), plain.tokenizer(), Optional.of(new Template()));
    }

    private static final class Template implements ChatTemplate {
        @Override
        public String render(
                List<Map<String, Object>> messages,
                @Nullable List<Map<String, Object>> tools,
                boolean addGenerationPrompt,
                Map<String, Object> variables) {
            var text = new StringBuilder();
            boolean opens =
                    !messages.isEmpty() && "system".equals(messages.getFirst().get("role"));
            if (opens || tools != null) {
                text.append("<|im_start|>system\n")
                        .append(opens ? messages.getFirst().get("content") : "Help.");
                if (tools != null) {
                    text.append("\n\n# Tools\n<tools>");
                    tools.forEach(tool -> text.append('\n').append(Json.text(tool)));
                    text.append("\n</tools>\nCall them as <tool_call>");
                }
                text.append("<|im_end|>\n");
            }
            for (Map<String, Object> message : opens ? messages.subList(1, messages.size()) : messages) {
                if ("tool".equals(message.get("role"))) {
                    text.append("<|im_start|>user\n<tool_response>\n")
                            .append(message.get("content"))
                            .append("\n</tool_response><|im_end|>\n");
                } else {
                    text.append("<|im_start|>")
                            .append(message.get("role"))
                            .append('\n')
                            .append(message.get("content"))
                            .append("<|im_end|>\n");
                }
            }
            return addGenerationPrompt ? text.append("<|im_start|>assistant\n").toString() : text.toString();
        }

        @Override
        public String source() {
            return "{% if tools %}<tool_call>{% endif %}";
        }
    }
}
