package pie.engine.model;

import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Render a Jinja template as Hugging Face does. Safe for use from several threads. */
final class JinjaTemplate implements ChatTemplate {
    private final String source;
    private final Lazy<String> rewritten;
    private final Supplier<Map<String, Object>> tokens;

    /**
     * @param tokens spellings of {@code bos_token} and the like
     */
    JinjaTemplate(String source, Supplier<Map<String, Object>> tokens) {
        this.source = source;
        this.rewritten = new Lazy<>(() -> JinjaDialect.rewrite(source));
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
        RenderResult result = JinjaEngine.instance().renderForResult(rewritten.get(), bindings);
        List<TemplateError> errors = result.getErrors();
        if (!errors.isEmpty()) {
            throw refused(errors);
        }
        return result.getOutput();
    }

    private static PieException refused(List<TemplateError> errors) {
        for (TemplateError error : errors) {
            for (@Nullable Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof PieException own) {
                    return own;
                }
            }
        }
        String list = errors.stream()
                .map(error -> "line " + error.getLineno() + ": " + error.getMessage())
                .collect(Collectors.joining("; "));
        return new PieException(ErrorCode.INVALID_ARGUMENT, "the chat template failed: " + list);
    }

    @Override
    public String source() {
        return source;
    }
}
