package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class MatcherTest {
    private final GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.small());
    private final Grammar grammar = compiler.compile(new GrammarSource.JsonSchema("""
            {"type": "object", "required": ["name", "list"], "properties": {"name": {"type": "string"},
                "list": {"type": "array", "items": {"enum": [true, "tree"]}}}}
            """, false, true));

    private static long[] mask(Matcher matcher) {
        long[] mask = new long[matcher.words()];
        matcher.mask(mask);
        return mask;
    }

    @Test
    void fork_rollback_and_advancing_again_give_equal_masks() {
        Grammar json = compiler.compile(new GrammarSource.AnyJson(false));
        Random random = new Random(5);
        for (int round = 0; round < 30; round++) {
            Matcher matcher = new Matcher(json);
            List<long[]> masks = new ArrayList<>();
            List<Integer> tokens = new ArrayList<>();
            for (int step = 0; step < 60 && !matcher.isTerminated(); step++) {
                masks.add(mask(matcher));
                int token = random.nextInt(64 * matcher.words());
                for (int i = 0; i < 5000 && !matcher.accept(token); i++) {
                    token = random.nextInt(64 * matcher.words());
                }
                tokens.add(token);
            }
            Matcher fork = matcher.fork();
            while (fork.length() > 0) {
                int back = 1 + random.nextInt(fork.length());
                fork.rollback(back);
                assertThat(mask(fork)).isEqualTo(masks.get(fork.length()));
                if (random.nextBoolean() && fork.length() < tokens.size() - 1) {
                    fork.acceptAll(tokens.get(fork.length()));
                    assertThat(mask(fork)).isEqualTo(masks.get(fork.length()));
                }
            }
            assertThat(matcher.length()).isEqualTo(tokens.size());
            matcher.reset();
            tokens.forEach(token -> matcher.acceptAll(token));
        }
    }

    @Test
    void accepts_all_tokens_or_none() {
        Matcher matcher = new Matcher(grammar);
        matcher.acceptAll('{', '"');
        long[] before = mask(matcher);
        assertThatThrownBy(() -> matcher.acceptAll('n', 'a', 'x')).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.GRAMMAR_VIOLATION);
            assertThat(e.details()).containsEntry("token", (int) 'x').containsEntry("index", 2);
        });
        assertThat(mask(matcher)).isEqualTo(before);
        assertThat(matcher.accept(-1)).isFalse();
        assertThat(matcher.accept(1 << 20)).isFalse();
        assertThatThrownBy(() -> matcher.rollback(3)).hasMessageContaining("0 to 2");
    }

    @Test
    void jumps_over_what_every_continuation_shares() {
        Matcher matcher = new Matcher(grammar);
        assertThat(new String(matcher.jumpForward(), StandardCharsets.UTF_8)).isEqualTo("{\"name\":\"");
        assertThat(Vocabularies.accept(matcher, "{\"name\":\"x\"")).isTrue();
        assertThat(new String(matcher.jumpForward(), StandardCharsets.UTF_8)).isEqualTo(",\"list\":[");
        assertThat(Vocabularies.accept(matcher, ",\"list\":[t")).isTrue();
        assertThat(new String(matcher.jumpForward(), StandardCharsets.UTF_8)).isEqualTo("rue");
        assertThat(Vocabularies.accept(matcher, "rue]}")).isTrue();
        assertThat(matcher.jumpForward()).isEmpty();
    }

    @Test
    void ends_with_a_stop_token_only_where_the_text_may_end() {
        Matcher matcher = new Matcher(grammar);
        assertThat(matcher.allows(Vocabularies.STOP)).isFalse();
        assertThat(Vocabularies.accept(matcher, "{\"name\":\"\",\"list\":[]}")).isTrue();
        assertThat(matcher.canEnd()).isTrue();
        assertThat(matcher.forcedToken()).isEqualTo(Vocabularies.STOP);
        assertThat(matcher.accept(Vocabularies.STOP)).isTrue();
        assertThat(matcher.isTerminated()).isTrue();
        assertThat(mask(matcher)).containsOnly(0);
        assertThat(matcher.accept(Vocabularies.STOP)).isFalse();
        matcher.rollback(1);
        assertThat(matcher.isTerminated()).isFalse();
        assertThat(matcher.canEnd()).isTrue();
    }

    @Test
    void takes_a_token_named_by_its_id_be_it_text_too() {
        GrammarSource source =
                new GrammarSource.Ebnf("root ::= <[" + (int) 'a' + "]> \"b\" | \"ac\" | <[" + (int) 'z' + "]>");
        Grammar named = compiler.compile(source);
        for (String text : new String[] {"ab", "ac", "z"}) {
            Matcher matcher = new Matcher(named);
            for (char letter : text.toCharArray()) {
                assertThat(mask(matcher)[letter >> 6] >>> letter & 1)
                        .as("mask at %s of %s", letter, text)
                        .isEqualTo(1);
                assertThat(matcher.accept(letter)).as("%s of %s", letter, text).isTrue();
            }
            assertThat(matcher.canEnd()).isTrue();
        }
        Matcher matcher = new Matcher(named);
        assertThat(matcher.accept('a')).isTrue();
        assertThat(matcher.allows('d')).isFalse();
    }
}
