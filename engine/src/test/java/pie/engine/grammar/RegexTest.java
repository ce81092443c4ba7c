package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class RegexTest {
    private final GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.small());

    /** The JDK's engine tells, by hitting the end, whether more input could still make a match. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "a*b+c?",
                "(a|bc){2,3}",
                "[a-c]*?c",
                "[^ab]c",
                "a{0,3}b{2}c{1,}",
                "(?:ab|a)(?<x>bc|c)",
                "^(a|b)*c$",
                "\\w\\W\\d?",
                "[\\d\\-c]+",
                "(a*)*b",
                "a|",
                "\\x61\\u0062[\\u{63}]"
            })
    void agrees_with_the_jdk(String pattern) {
        Grammar grammar = compiler.compile(new GrammarSource.Regex(pattern));
        Pattern reference = Pattern.compile(pattern.replace("\\u{63}", "c"));
        Random random = new Random(pattern.hashCode());
        for (int round = 0; round < 400; round++) {
            Matcher matcher = new Matcher(grammar);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                java.util.regex.Matcher jdk = reference.matcher(text);
                boolean whole = jdk.matches();
                assertThat(matcher.canEnd()).as("'%s' on '%s'", pattern, text).isEqualTo(whole);
                int c = "abc-1 d".charAt(random.nextInt(7));
                java.util.regex.Matcher longer = reference.matcher(text.toString() + (char) c);
                boolean viable = longer.matches() || longer.hitEnd();
                assertThat(matcher.accept(c))
                        .as("'%s' on '%s' then '%c'", pattern, text, c)
                        .isEqualTo(viable);
                if (!viable) {
                    break;
                }
                text.append((char) c);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a(?=b) UNSUPPORTED 2",
                "(?<!a)b UNSUPPORTED 1",
                "(a)\\1 UNSUPPORTED 4",
                "a\\b UNSUPPORTED 2",
                "\\p{L} UNSUPPORTED 1",
                "(?i)a UNSUPPORTED 1",
                "a{1025} UNSUPPORTED 2",
                "a{3,2} INVALID_ARGUMENT 2",
                "(a INVALID_ARGUMENT 1",
                "a) INVALID_ARGUMENT 2",
                "[a INVALID_ARGUMENT 1",
                "*a INVALID_ARGUMENT 1",
                "[z-a] INVALID_ARGUMENT 2",
                "a\\ INVALID_ARGUMENT 2",
                "\\u12 INVALID_ARGUMENT 1"
            })
    void refuses_with_the_place(String pattern, ErrorCode code, int column) {
        assertThatThrownBy(() -> compiler.compile(new GrammarSource.Regex(pattern)))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.details()).containsEntry("line", 1).containsEntry("column", column);
                    assertThat(e.message()).contains("1:" + column);
                });
    }

    @Test
    void refuses_what_no_text_matches() {
        assertThatThrownBy(() -> compiler.compile(new GrammarSource.Regex("a[]")))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void refuses_what_is_too_large() {
        assertThatThrownBy(() -> compiler.compile(new GrammarSource.Regex("((a|b){0,1000}c){0,1000}")))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                    assertThat(e.details()).containsKeys("limit", "unit");
                });
    }

    @Test
    void reads_whole_characters_only() {
        Grammar grammar = compiler.compile(new GrammarSource.Regex("[^a]é?[😀日]"));
        assertThat(Vocabularies.matches(grammar, "éé😀")).isTrue();
        assertThat(Vocabularies.matches(grammar, "x日")).isTrue();
        assertThat(Vocabularies.matches(grammar, "a日")).isFalse();
        Matcher matcher = new Matcher(grammar);
        assertThat(matcher.accept(0xed)).isTrue();
        assertThat(matcher.accept(0xa0)).as("a surrogate in UTF-8").isFalse();
        assertThat(matcher.accept(0x9f)).isTrue();
    }
}
