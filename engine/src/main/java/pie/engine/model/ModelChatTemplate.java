package pie.engine.model;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.jinja.JinjaException;
import pie.engine.jinja.JinjaTemplate;
import pie.engine.jinja.Refusal;

/** Render a conversation by a Jinja template, with the variables that transformers gives it. Safe for use from several threads. */
final class ModelChatTemplate implements ChatTemplate {
    private final String source;
    private final Lazy<JinjaTemplate> compiled;
    private final Supplier<Map<String, Object>> tokens;

    /**
     * @param tokens spellings of {@code bos_token} and the like
     */
    ModelChatTemplate(String source, Supplier<Map<String, Object>> tokens) {
        this.source = source;
        this.compiled = new Lazy<>(() -> JinjaTemplate.compile(source, LocalDateTime::now));
        this.tokens = tokens;
    }

    @Override
    public String render(
            List<Map<String, Object>> messages,
            @Nullable List<Map<String, Object>> tools,
            boolean addGenerationPrompt,
            Map<String, Object> variables) {
        Map<String, @Nullable Object> bindings = new HashMap<>(tokens.get());
        bindings.putAll(variables);
        bindings.put("messages", messages);
        bindings.put("tools", tools);
        bindings.put("add_generation_prompt", addGenerationPrompt);
        try {
            return compiled.get().render(bindings);
        } catch (Refusal e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT, "the chat template refuses this conversation: " + e.getMessage());
        } catch (JinjaException e) {
            throw new PieException(ErrorCode.INVALID_ARGUMENT, "the chat template failed: " + e.getMessage());
        }
    }

    @Override
    public String source() {
        return source;
    }
}
