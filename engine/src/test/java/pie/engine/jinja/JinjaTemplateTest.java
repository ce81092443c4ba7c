package pie.engine.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Print byte for byte what Python's jinja2 prints, and fail where it fails: scripts/jinja_cases.py has asked it. */
class JinjaTemplateTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 7, 9, 5, 4);
    private static final JsonNode FIXTURE = fixture();

    private static JsonNode fixture() {
        try (InputStream in = Objects.requireNonNull(JinjaTemplateTest.class.getResourceAsStream("cases.json"))) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Case(String template, @Nullable String text) {}

    static Stream<Case> cases() {
        return StreamSupport.stream(FIXTURE.get("cases").spliterator(), false)
                .map(node -> new Case(
                        node.get("template").asString(),
                        node.get("text").isNull() ? null : node.get("text").asString()));
    }

    @SuppressWarnings("unchecked")
    private static String render(String template) {
        Map<String, Object> variables = JsonMapper.shared().convertValue(FIXTURE.get("variables"), Map.class);
        return JinjaTemplate.compile(template, () -> NOW).render(variables);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void templatesPrintWhatPythonPrints(Case given) {
        if (given.text != null) {
            assertThat(render(given.template)).isEqualTo(given.text);
        } else {
            assertThatThrownBy(() -> render(given.template))
                    .isInstanceOfAny(JinjaException.class, Refusal.class)
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void errorsSayWhereAndWhat() {
        assertThatThrownBy(() -> render("a\n\n{{ missing.member }}")).hasMessage("line 3: 'missing' is undefined");
        assertThatThrownBy(() -> render("{% if yes %}\n{{ n | nofilter }}{% endif %}"))
                .hasMessage("line 2: there is no filter 'nofilter'");
        assertThatThrownBy(() -> render("{% for x in n %}{% endfor %}")).hasMessage("line 1: 'int' is not iterable");
        assertThatThrownBy(() -> render("a\n{% if yes %}")).hasMessage("line 2: a statement has no 'endif'");
        assertThatThrownBy(() -> render("{% for a b %}")).hasMessage("line 1: 'in' was expected, not 'b'");
        assertThatThrownBy(() -> render("{% extends 'base' %}")).hasMessageContaining("other templates");
        assertThatThrownBy(() -> render("{{ raise_exception('no tools') }}"))
                .isInstanceOf(Refusal.class)
                .hasMessage("no tools");
    }

    @Test
    void datesAreWrittenAsStrftimeDoes() {
        assertThat(render("{{ strftime_now('%d %b %Y, %A %H:%M:%S %j 100%%') }}"))
                .isEqualTo("07 Mar 2026, Saturday 09:05:04 066 100%");
        assertThatThrownBy(() -> render("{{ strftime_now('%Q') }}")).hasMessageContaining("%Q");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ 'x' * 99999999 * 99999999 }}",
                "{{ 10 ** 99 }}",
                "{{ '%99999999999999999999d' % 1 }}"
            })
    void templatesWithoutAnEndAreErrors(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
    }

    @Test
    void expressionsWithinExpressionsHaveAnEnd() {
        assertThatThrownBy(() -> render("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}"))
                .isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("{% if yes %}".repeat(100_000))).isInstanceOf(JinjaException.class);
        assertThat(render("{{ " + "(".repeat(150) + "1" + ")".repeat(150) + " }}"))
                .isEqualTo("1");
    }

    @Test
    void variablesAreNotChanged() {
        List<Object> list = new ArrayList<>(List.of(1, 2));
        JinjaTemplate template = JinjaTemplate.compile("{% set x = x + [3] %}{{ x }}", () -> NOW);
        assertThat(template.render(Map.of("x", list))).isEqualTo("[1, 2, 3]");
        assertThat(list).containsExactly(1, 2);
        assertThat(template.render(Map.of("x", list))).isEqualTo("[1, 2, 3]");
    }
}
