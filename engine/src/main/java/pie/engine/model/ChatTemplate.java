package pie.engine.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Render a conversation with the model's own Jinja template. */
public interface ChatTemplate {
    /**
     * Return the text of a whole conversation.
     *
     * @param messages maps with {@code role}, {@code content} and, where used, {@code tool_calls} and {@code name}
     * @param tools JSON-like tool descriptions, null for none
     * @param variables extra template variables, e.g. {@code enable_thinking}
     * @throws pie.engine.PieException INVALID_ARGUMENT if the template refuses the conversation or fails to render
     */
    String render(
            List<Map<String, Object>> messages,
            @Nullable List<Map<String, Object>> tools,
            boolean addGenerationPrompt,
            Map<String, Object> variables);

    /** Return the template's source. */
    String source();
}
