package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class EbnfTest {
    private final GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.small());

    private Grammar ebnf(String text) {
        return compiler.compile(new GrammarSource.Ebnf(text));
    }

    private void check(String text, List<String> allowed, List<String> refused) {
        Grammar grammar = ebnf(text);
        assertThat(allowed)
                .allSatisfy(word ->
                        assertThat(Vocabularies.matches(grammar, word)).as(word).isTrue());
        assertThat(refused)
                .allSatisfy(word ->
                        assertThat(Vocabularies.matches(grammar, word)).as(word).isFalse());
    }

    @Test
    void reads_chess_moves() {
        check("""
                # a game of chess
                root   ::= ("1. " move " " move "\\n")+
                move   ::= (pawn | nonpawn
                            | castle) [+#]?   # a comment
                nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
                pawn   ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
                castle ::= "O-O" "-O"?
                """, List.of("1. e4 e5\n", "1. Nf3 exd5\n1. O-O-O Qxh7#\n"), List.of("", "1. e4\n", "1. e9 e5\n"));
    }

    @Test
    void repeats_and_escapes() {
        check(
                "root ::= [^\\]a-c\\n]{2} \"\\x41\\u00e9\\\"\" (\"x\" | \"\"){,2} . [-\\]]{1,} \"q\"*",
                List.of("zzAé\"日-", "zzAé\"xx日]]q", "d-Aé\"x-"), List.of("zaAé\"日-", "zzAé\"日", "zzAé\"xxxx-"));
    }

    @Test
    void takes_left_recursion_and_ambiguity() {
        check(
                "root ::= e\ne ::= e \"+\" t | t\nt ::= t \"*\" f | f\nf ::= \"(\" e \")\" | [0-9]+",
                List.of("1", "1+2*3", "(1+2)*3+4", "((7))"),
                List.of("", "1+", "+1", "(1", "1)"));
        check(
                "root ::= a \"z\"\na ::= b a | \"x\" | \nb ::= a \"y\"?",
                List.of("z", "xz", "xyxz", "yyxz", "xxxyz"),
                List.of("", "zz"));
        check(
                "root ::= s\ns ::= s s s | s s | \"a\"",
                List.of("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
                List.of("", "b"));
    }

    @Test
    void looks_ahead() {
        check(
                "root ::= item (\",\" item)? \";\"\nitem ::= [a-z]{1,3} (= \",b\" | \";\")",
                List.of("a;", "a,b;", "abc,bcd;"),
                List.of("a,a;", "a,ab;", ";"));
        check("root ::= (= [ab]* \"c\") [a-z]+", List.of("c", "abcz"), List.of("abz", "ab"));
        assertThatThrownBy(() -> ebnf("root ::= \"a\" (= \"b\")"))
                .as("nothing can follow")
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void takes_token_terminals() {
        Grammar grammar = ebnf("root ::= <[257]> \"a\" <[257]>? ");
        Matcher matcher = new Matcher(grammar);
        assertThat(matcher.accept('a')).isFalse();
        assertThat(matcher.forcedToken()).isEqualTo(Vocabularies.SPECIAL);
        matcher.acceptAll(257, 'a');
        assertThat(matcher.canEnd()).isTrue();
        assertThat(matcher.allows(Vocabularies.STOP)).isTrue();
        matcher.acceptAll(257);
        assertThat(matcher.forcedToken()).isEqualTo(Vocabularies.STOP);
        assertThat(Vocabularies.matches(ebnf("root ::= [^x]*"), "<|special|>"))
                .as("text may spell a token")
                .isTrue();
        assertThat(new Matcher(ebnf("root ::= [^x]*")).allows(257)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "root ::= a;UNSUPPORTED;1;10", "root ::= root \"x\";UNSUPPORTED;1;1",
                        "root ::= a|b|a ::= c \"x\"|c ::= a|b ::= \"x\";UNSUPPORTED;2;1",
                "rot ::= \"a\";INVALID_ARGUMENT;1;1", "root ::= \"a;INVALID_ARGUMENT;1;10",
                        "root ::= (\"a\";INVALID_ARGUMENT;1;10",
                "root ::= [a;INVALID_ARGUMENT;1;10", "root ::= \"a\")x;INVALID_ARGUMENT;1;13",
                        "root ::= \"a\"|root ::= \"b\";INVALID_ARGUMENT;2;1",
                "root ::= \"\\q\";INVALID_ARGUMENT;1;11", "root ::= <[99999]>;INVALID_ARGUMENT;1;10",
                        "root ::= \"a\"{3,2};INVALID_ARGUMENT;1;13",
                "root ::= r|r ::= \"a\" (= \"b\") r?;UNSUPPORTED;2;11"
            })
    void refuses_with_line_and_column(String text, ErrorCode code, int line, int column) {
        String lines = text.replaceAll("\\|(?=[a-z]+ ::=)", "\n");
        assertThatThrownBy(() -> ebnf(lines)).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.message()).contains(line + ":" + column);
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.details()).containsEntry("line", line).containsEntry("column", column);
        });
    }
}
