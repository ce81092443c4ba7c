package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compare masks with the answer of trying every token, over random walks. */
class MaskTest {
    static Stream<GrammarSource> sources() {
        return Stream.of(
                new GrammarSource.AnyJson(false),
                schema("""
                        {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 5},
                            "key": {"anyOf": [{"type": "object", "properties": {"a": true}}, {"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
                            "b": {"type": "number", "minimum": -1.5, "maximum": 12}}}
                        """),
                schema(
                        "{\"type\": \"array\", \"items\": {\"type\": \"string\", \"pattern\": \"^[a-b\\\"]+é?$\"}, \"minItems\": 2}"),
                schema("""
                        {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}, "key": {"enum": ["a", 1, {"b": [true]}]}},
                            "additionalProperties": {"type": "string", "minLength": 2, "maxLength": 3}}}}
                        """),
                schema(
                        "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\", \"format\": \"date\"}}"),
                new GrammarSource.Regex("[a-c]{2,5}(,[0-9]+)*"),
                new GrammarSource.Regex(".*é?[^a]{3}"),
                new GrammarSource.Regex("(foo|bar|foobar)+\\s*\\d{3,}"),
                new GrammarSource.Ebnf(
                        "root ::= expr\nexpr ::= expr [-+*/] term | term\nterm ::= \"(\" expr \")\" | [0-9]+"),
                new GrammarSource.Ebnf(
                        "root ::= list\nlist ::= \"[\" (list (\",\" list)*)? \"]\" | [a-z]* | \"\\\"\" [^\"]* \"\\\"\""),
                new GrammarSource.Ebnf("root ::= s\ns ::= s s | \"a\" | \"\" | \"{\" s \"}\""),
                new GrammarSource.Ebnf("root ::= \"call \" <[257]> [a-z]{1,4} (<[257]> | \"!\")"));
    }

    private static GrammarSource schema(String schema) {
        return new GrammarSource.JsonSchema(schema, false, false);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void equals_trying_every_token(GrammarSource source) {
        Grammar grammar = Vocabularies.compiler(Vocabularies.small()).compile(source);
        for (int seed = 0; seed < 12; seed++) {
            walk(grammar, new Random(seed), 40);
        }
    }

    @Test
    void equals_trying_every_token_of_a_real_vocabulary() {
        GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.defaultModel());
        walk(compiler.compile(schema("""
                        {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "text": {"type": "string"},
                            "list": {"type": "array", "items": {"type": "string", "minLength": 3}}}}
                        """)), new Random(3), 24);
        walk(compiler.compile(new GrammarSource.Regex("[^\"\\\\]{3,20}\"[a-z]+")), new Random(1), 12);
        walk(
                compiler.compile(new GrammarSource.Ebnf("root ::= v\nv ::= \"[\" v (\", \" v)* \"]\" | [a-zA-Z ]+")),
                new Random(2),
                12);
    }

    /** Compares at every step; returns the tokens walked over. */
    static List<Integer> walk(Grammar grammar, Random random, int steps) {
        Matcher matcher = new Matcher(grammar);
        long[] mask = new long[matcher.words()];
        long[] again = new long[matcher.words()];
        long[] uncached = new long[matcher.words()];
        List<Integer> walked = new ArrayList<>();
        for (int step = 0; step < steps && !matcher.isTerminated(); step++) {
            matcher.mask(mask);
            matcher.mask(again);
            matcher.maskUncached(uncached);
            assertThat(again).as("remembered after %s", walked).isEqualTo(mask);
            assertThat(uncached).as("not remembered after %s", walked).isEqualTo(mask);
            List<Integer> allowed = new ArrayList<>();
            for (int token = 0; token < 64 * mask.length; token++) {
                boolean set = (mask[token >> 6] >>> token & 1) != 0;
                if (matcher.allows(token) != set) {
                    throw new AssertionError(grammar + " after " + walked + ": token " + token + " is "
                            + (set ? "" : "not ") + "in the mask");
                }
                if (set) {
                    allowed.add(token);
                }
            }
            assertThat(allowed).as("some token goes on after %s", walked).isNotEmpty();
            int token = allowed.get(random.nextInt(allowed.size()));
            assertThat(matcher.accept(token)).isTrue();
            walked.add(token);
        }
        return walked;
    }
}
