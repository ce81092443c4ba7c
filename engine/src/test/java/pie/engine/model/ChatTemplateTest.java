package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.testing.GgufWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Agree byte for byte with Python's jinja2 as transformers sets it up. */
class ChatTemplateTest {
    private static final JsonNode FIXTURE = Resources.json("chat_templates.json");
    private static final Map<String, Object> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

    record Case(String name, JsonNode node) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return StreamSupport.stream(FIXTURE.get("cases").spliterator(), false)
                .map(node -> new Case(
                        node.get("template").asString() + ", "
                                + node.get("case").asString(),
                        node));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @SuppressWarnings("unchecked")
    void conversationsAreRenderedAsPythonDoes(Case given) {
        JsonNode node = given.node;
        ChatTemplate template = new ModelChatTemplate(
                FIXTURE.get("templates").get(node.get("template").asString()).asString(), () -> TOKENS);
        List<Map<String, Object>> messages = JsonMapper.shared().convertValue(node.get("messages"), List.class);
        List<Map<String, Object>> tools = JsonMapper.shared().convertValue(node.get("tools"), List.class);
        Map<String, Object> variables = JsonMapper.shared().convertValue(node.get("variables"), Map.class);
        if (node.has("refusal")) {
            assertThatThrownBy(() -> template.render(messages, tools, true, variables))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining(node.get("refusal").asString());
        } else {
            assertThat(template.render(messages, tools, true, variables))
                    .isEqualTo(node.get("text").asString());
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return new ModelChatTemplate(source, () -> TOKENS).render(List.of(), null, false, variables);
    }

    @Test
    void brokenTemplatesAreErrorsAndNotEmptyText() {
        for (String source : new String[] {
            "{% if %}",
            "{{ x | nofilter }}",
            "{% for a b %}{% endfor %}",
            "{{ nofunction(1) }}",
            "{% if x is notest %}{% endif %}"
        }) {
            assertThatThrownBy(() -> render(source, Map.of()))
                    .as(source)
                    .isInstanceOf(PieException.class)
                    .hasMessageContaining("the chat template failed");
        }
    }

    @Test
    void stringsHaveTheMethodsOfPython() {
        assertThat(render("{{ '  a b '.strip() }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'a\\n\\n'.rstrip('\\n') }}", Map.of()))
                .isEqualTo("a b|axx|a");
        assertThat(render("{{ '<t>q</t>r'.split('</t>')[-1].upper() }}{{ 'a b  c'.split() | length }}", Map.of()))
                .isEqualTo("R3");
        assertThat(render("{% if 'abc'.startswith('ab') and not 'abc'.endswith('b') %}y{% endif %}", Map.of()))
                .isEqualTo("y");
        assertThat(render("{{ ', '.join(['a', 'b']) }}{{ 'aXb'.replace('X', '-') }}", Map.of()))
                .isEqualTo("a, ba-b");
    }

    @Test
    void jsonIsWrittenAsPythonWritesIt() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("a", List.of(1, 2.0, 1.5e20, true));
        value.put("b", "é\"\n<&>\u0001");
        value.put("c", null);
        assertThat(render("{{ x | tojson }}", Map.of("x", value)))
                .isEqualTo("{\"a\": [1, 2.0, 1.5e+20, true], \"b\": \"é\\\"\\n<&>\\u0001\", \"c\": null}");
    }

    @Test
    void filesWithoutATemplateGetThatOfTheirFamily(@TempDir Path directory) {
        List<Map<String, Object>> messages =
                List.of(Map.of("role", "system", "content", "Be brief."), Map.of("role", "user", "content", "Hi"));
        try (ModelFiles model = Models.open(GgufWriter.tinyLlama(1).write(directory.resolve("a.gguf")))) {
            assertThat(model.chatTemplate().orElseThrow().render(messages, null, true, Map.of()))
                    .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                            + "<|im_start|>assistant\n");
        }
        Tokenizer llama3 = tokenizer(directory, "<|begin_of_text|>", "<|start_header_id|>", "<|eot_id|>");
        ChatTemplate template = ChatTemplates.of(Optional.empty(), () -> llama3, Map.of("bos_token", 0))
                .orElseThrow();
        assertThat(template.render(messages, null, true, Map.of()))
                .isEqualTo("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                        + "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                        + "<|start_header_id|>assistant<|end_header_id|>\n\n");
        assertThat(ChatTemplates.of(Optional.empty(), () -> tokenizer(directory, "<s>", "</s>", "<pad>"), Map.of()))
                .isEmpty();
    }

    private static Tokenizer tokenizer(Path directory, String... specials) {
        Path file = GgufWriter.tinyLlama(1).specials(specials).write(directory.resolve(specials[1].length() + ".gguf"));
        return GgufVocabulary.of(GgufReader.read(file, MappedFile.map(file, Arena.ofAuto()))
                        .metadata())
                .tokenizer();
    }
}
