package pie.engine.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Choose a chat template: the model's own, else the one of the family that its special tokens show. */
final class ChatTemplates {
    private static final String CHATML = """
            {%- for message in messages -%}
            {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
            {{- '<|im_start|>assistant\\n' -}}
            {%- endif -%}
            """;

    private static final String LLAMA3 = """
            {{- bos_token -}}
            {%- for message in messages -%}
            {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + (message['content'] | trim) + '<|eot_id|>' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
            {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
            {%- endif -%}
            """;

    private ChatTemplates() {}

    /**
     * Return the template to use.
     *
     * @param own the model's template
     * @param tokenizer asked for only when a template is rendered or none is there
     * @param tokens ids of the tokens that templates may name as variables, e.g. {@code bos_token}; -1 for none
     */
    static Optional<ChatTemplate> of(
            Optional<String> own, Supplier<? extends Tokenizer> tokenizer, Map<String, Integer> tokens) {
        return own.or(() -> builtIn(tokenizer.get()))
                .map(source -> new ModelChatTemplate(source, new Lazy<>(() -> spellings(tokenizer.get(), tokens))));
    }

    private static Optional<String> builtIn(Tokenizer tokenizer) {
        for (int id : tokenizer.specialTokens()) {
            switch (tokenizer.decode(new int[] {id}, false)) {
                case "<|im_start|>" -> {
                    return Optional.of(CHATML);
                }
                case "<|start_header_id|>" -> {
                    return Optional.of(LLAMA3);
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    private static Map<String, Object> spellings(Tokenizer tokenizer, Map<String, Integer> tokens) {
        Map<String, Object> spellings = new HashMap<>();
        tokens.forEach((name, id) -> {
            if (id >= 0 && id < tokenizer.vocabSize()) {
                spellings.put(name, tokenizer.decode(new int[] {id}, false));
            }
        });
        return spellings;
    }
}
