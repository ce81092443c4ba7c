package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class JsonSchemaTest {
    private final GrammarCompiler compiler = Vocabularies.compiler(Vocabularies.small());

    private Grammar schema(String schema) {
        return compiler.compile(new GrammarSource.JsonSchema(schema, false, false));
    }

    private void check(String schema, List<String> allowed, List<String> refused) {
        Grammar grammar = schema(schema);
        assertThat(allowed)
                .allSatisfy(text ->
                        assertThat(Vocabularies.matches(grammar, text)).as(text).isTrue());
        assertThat(refused)
                .allSatisfy(text ->
                        assertThat(Vocabularies.matches(grammar, text)).as(text).isFalse());
    }

    @Test
    void reads_any_json() {
        check(
                "true",
                List.of(
                        "{}",
                        "[]",
                        "{\"a\":[1,2.5e-3,{\"b\": null}]}",
                        "\"x\\u00e9\\ud83d\\ude00\"",
                        "-0.5",
                        "[ \n1 ,\t2 ]"),
                List.of("{,}", "[1,]", "01", "\"\\ud83d\"", "'a'", "{\"a\"}", "", " 1", "1 ", "nul", "\"\u0001\""));
    }

    @Test
    void leaves_optional_properties_out_in_any_combination() {
        String schema = """
                {"type": "object", "required": ["b"], "properties": {
                    "a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}, "d": {"type": "integer"}}}
                """;
        check(
                schema,
                List.of(
                        "{\"b\":1}",
                        "{\"a\":1,\"b\":1}",
                        "{\"b\":1,\"c\":1}",
                        "{\"b\":1,\"d\":1}",
                        "{ \"a\" : 1 , \"b\":1,\"c\":1,\"d\":1}"),
                List.of(
                        "{}",
                        "{\"a\":1}",
                        "{,\"b\":1}",
                        "{\"b\":1,}",
                        "{\"b\":1,,\"d\":1}",
                        "{\"c\":1,\"b\":1}",
                        "{\"b\":1,\"x\":1}"));
    }

    @Test
    void lets_extra_keys_follow_but_never_repeat_a_declared_one() {
        check(
                "{\"properties\": {\"ab\": {\"const\": 1}, \"é\": true}, \"additionalProperties\": {\"type\": \"boolean\"}, \"type\": \"object\"}",
                List.of("{}", "{\"ab\":1,\"a\":true,\"abc\":false}", "{\"\":true}", "{\"x\\n\":true}"),
                List.of(
                        "{\"ab\":true}",
                        "{\"x\":true,\"ab\":1}",
                        "{\"x\":1}",
                        "{\"a\\u0062\":true}",
                        "{\"é\":1,\"é\":true}"));
    }

    @Test
    void counts_code_points() {
        check(
                "{\"type\": \"string\", \"minLength\": 2, \"maxLength\": 3}",
                List.of("\"ab\"", "\"😀😀\"", "\"\\ud83d\\ude00\\n\\u0041\"", "\"日本語\""),
                List.of("\"a\"", "\"abcd\"", "\"😀\"", "\"\\ud83d\\ude00\""));
        check(
                "{\"type\": \"string\", \"minLength\": 3}",
                List.of("\"abc\"", "\"abcdefgh\""),
                List.of("\"ab\"", "\"\""));
        check("{\"type\": \"string\", \"maxLength\": 0}", List.of("\"\""), List.of("\"a\""));
    }

    @Test
    void finds_patterns_anywhere_unless_they_are_anchored() {
        check(
                "{\"type\": \"string\", \"pattern\": \"b+\"}",
                List.of("\"b\"", "\"abba\"", "\"\\\"b\""),
                List.of("\"a\"", "\"\""));
        check(
                "{\"type\": \"string\", \"pattern\": \"^a|b$\"}",
                List.of("\"a\"", "\"ab\"", "\"xb\"", "\"ax\""),
                List.of("\"xa\"", "\"bx\""));
        check(
                "{\"type\": \"string\", \"pattern\": \"^[a-z]*$\", \"minLength\": 2, \"maxLength\": 4}",
                List.of("\"ab\"", "\"abcd\""),
                List.of("\"a\"", "\"abcde\"", "\"aB\""));
        check(
                "{\"type\": \"string\", \"pattern\": \"^\\\\\\\\\\\"\\n$\"}",
                List.of("\"\\\\\\\"\\n\""),
                List.of("\"\\\\\\\"n\""));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1205, -100, -17, -1, 0, 1, 9, 10, 99, 250, 1999})
    void bounds_integers_exactly(long low) {
        for (long high : new long[] {-1000, -99, -5, 0, 3, 10, 101, 2000}) {
            String source = "{\"type\":\"integer\",\"minimum\":" + low + ",\"exclusiveMaximum\":" + high + "}";
            if (low >= high) {
                assertThatThrownBy(() -> schema(source))
                        .isInstanceOfSatisfying(
                                PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
                continue;
            }
            Grammar grammar = schema(source);
            for (long n = -2100; n <= 2100; n += 1) {
                if (n % 7 == 0 || Math.abs(n - low) < 3 || Math.abs(n - high) < 3) {
                    assertThat(Vocabularies.matches(grammar, Long.toString(n)))
                            .as("%d in [%d, %d)", n, low, high)
                            .isEqualTo(n >= low && n < high);
                }
            }
            assertThat(Vocabularies.matches(grammar, "-0")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"-2.5,2.5", "0,1", "-1,0", "0.05,0.5", "-13.75,-0.125", "9.99,10.01", "3,3", "-0.001,1000"})
    void bounds_numbers_exactly(BigDecimal low, BigDecimal high) {
        for (int form = 0; form < 4; form++) {
            boolean openLow = (form & 1) != 0;
            boolean openHigh = (form & 2) != 0;
            if (low.equals(high) && (openLow || openHigh)) {
                continue;
            }
            Grammar grammar = schema("{\"type\":\"number\",\"" + (openLow ? "exclusiveMinimum" : "minimum") + "\":"
                    + low + ",\"" + (openHigh ? "exclusiveMaximum" : "maximum") + "\":" + high + "}");
            Random random = new Random(form);
            for (int round = 0; round < 600; round++) {
                BigDecimal near = random.nextBoolean() ? low : high;
                BigDecimal value = round < 4
                        ? near
                        : near.add(BigDecimal.valueOf(random.nextInt(2001) - 1000, random.nextInt(6)))
                                .setScale(random.nextInt(5), RoundingMode.DOWN);
                boolean inside = (openLow ? value.compareTo(low) > 0 : value.compareTo(low) >= 0)
                        && (openHigh ? value.compareTo(high) < 0 : value.compareTo(high) <= 0);
                assertThat(Vocabularies.matches(grammar, value.toPlainString()))
                        .as("%s between %s and %s, form %d", value.toPlainString(), low, high, form)
                        .isEqualTo(inside);
            }
            assertThat(Vocabularies.matches(grammar, "1e0")).isFalse();
        }
    }

    @Test
    void counts_items() {
        check(
                "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":2,\"maxItems\":4}",
                List.of("[1,2]", "[1,2,3,4]"),
                List.of("[]", "[1]", "[1,2,3,4,5]", "[1,\"a\"]"));
        check(
                "{\"type\":\"array\",\"prefixItems\":[{\"const\":1},{\"const\":2}],\"items\":{\"const\":3},\"minItems\":1}",
                List.of("[1]", "[1,2]", "[1,2,3,3]"),
                List.of("[]", "[2]", "[1,3]", "[1,2,2]"));
        check("{\"type\":\"array\",\"items\":false}", List.of("[]", "[ ]"), List.of("[1]"));
        check("{\"type\":\"array\",\"maxItems\":1}", List.of("[]", "[{}]"), List.of("[1,2]"));
    }

    @Test
    void follows_references_also_recursive_ones() {
        check(
                """
                {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["v"],
                    "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}, "all": {"type": "array", "items": {"$ref": "#"}}}}}}
                """,
                List.of(
                        "{\"v\":1}",
                        "{\"v\":1,\"next\":{\"v\":2,\"next\":{\"v\":3}}}",
                        "{\"v\":1,\"all\":[{\"v\":1},{\"v\":2,\"all\":[]}]}"),
                List.of("{\"v\":1,\"next\":{}}", "{\"next\":{\"v\":1}}"));
        check(
                "{\"$ref\":\"#/definitions/a~1b%25c\",\"definitions\":{\"a/b%c\":{\"const\":1}}}",
                List.of("1"), List.of("2"));
    }

    @Test
    void joins_a_choice_with_what_stands_beside_it() {
        check("""
                {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                    "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
                """, List.of("{\"a\":1}", "{\"b\":1}", "{\"a\":1,\"b\":1}"), List.of("{}"));
        check(
                "{\"$ref\":\"#/$defs/s\",\"maxLength\":2,\"$defs\":{\"s\":{\"type\":\"string\",\"minLength\":1}}}",
                List.of("\"a\"", "\"ab\""),
                List.of("\"\"", "\"abc\""));
        check(
                "{\"enum\":[1,\"a\",2.5,null,\"abc\"],\"type\":[\"string\",\"number\"],\"maximum\":2,\"maxLength\":1}",
                List.of("1", "\"a\""),
                List.of("2.5", "null", "\"abc\""));
        check(
                "{\"const\":{\"a\":[1,{}]}}",
                List.of("{\"a\":[1,{}]}", "{ \"a\" : [ 1 , { } ] }"),
                List.of("{\"a\":[1]}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}",
                "{\"oneOf\":[{\"const\":1},{\"const\":2}]}",
                "{\"oneOf\":[{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":{\"const\":\"a\"}}},{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":{\"enum\":[\"b\",\"c\"]}}}]}"
            })
    void takes_one_of_where_branches_exclude_each_other(String schema) {
        assertThat(schema(schema).ignored()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'not':{}}|/not",
                "{'type':'object','properties':{'a':{'multipleOf':2}}}|/properties/a/multipleOf",
                "{'items':{'uniqueItems':true}}|/items/uniqueItems",
                "{'$ref':'http://x/y'}|/$ref",
                "{'$ref':'#foo'}|/$ref",
                "{'allOf':[{},{}]}|/allOf",
                "{'oneOf':[{'type':'integer'},{'type':'number'}]}|/oneOf",
                "{'anyOf':[{'frobnicate':1}]}|/anyOf/0/frobnicate",
                "{'pattern':'(?=a)'}|/pattern",
                "{'a/b~c':1}|/a~1b~0c"
            })
    void refuses_what_it_cannot_do_and_names_the_place(String schema, String pointer) {
        String json = schema.replace('\'', '"');
        assertThatThrownBy(() -> schema(json)).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(e.details()).containsEntry("pointer", pointer);
            assertThat(e.message()).contains("#" + pointer);
        });
        if (!schema.contains("ref") && !schema.contains("pattern")) {
            assertThat(compiler.compile(new GrammarSource.JsonSchema(json, true, false))
                            .ignored())
                    .containsExactly(pointer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"enum\":[]}",
                "false",
                "{\"type\":\"integer\",\"minimum\":2,\"maximum\":1}",
                "{\"type\":\"string\",\"minLength\":2,\"maxLength\":1}",
                "{\"type\":\"integer\",\"exclusiveMinimum\":1,\"exclusiveMaximum\":2}",
                "{\"const\":1,\"type\":\"string\"}",
                "{\"type\":\"object\",\"required\":[\"a\"],\"additionalProperties\":false}",
                "{\"$ref\":\"#\"}",
                "{\"$ref\":\"#/$defs/none\"}",
                "{\"type\":\"strin\"}",
                "{",
                "[]",
                "{\"type\":\"array\",\"minItems\":1,\"items\":false}",
                "{\"minLength\":-1}",
                "{\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":\"#\"}}",
                "{\"type\":\"string\",\"pattern\":\"^a$\",\"minLength\":2}"
            })
    void refuses_what_nothing_satisfies_or_is_no_schema(String schema) {
        assertThatThrownBy(() -> schema(schema))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void limits_white_space_to_64_in_a_row_or_to_none() {
        Grammar grammar = schema("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
        assertThat(Vocabularies.matches(grammar, "[" + " \t\r\n".repeat(16) + "\"" + " ".repeat(200) + "\"]"))
                .isTrue();
        assertThat(Vocabularies.matches(grammar, "[" + " ".repeat(65) + "\"\"]"))
                .isFalse();
        Grammar compact = compiler.compile(
                new GrammarSource.JsonSchema("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", false, true));
        assertThat(Vocabularies.matches(compact, "[\" \",\"b\"]")).isTrue();
        assertThat(Vocabularies.matches(compact, "[\" \", \"b\"]")).isFalse();
    }

    @Test
    void takes_long_counts_without_many_states() {
        Grammar grammar = schema("{\"type\":\"string\",\"maxLength\":1000000,\"minLength\":10}");
        assertThat(grammar.stateCount()).isLessThan(100);
        assertThat(Vocabularies.matches(grammar, "\"" + "é".repeat(10) + "\"")).isTrue();
        assertThat(Vocabularies.matches(grammar, "\"" + "é".repeat(9) + "\"")).isFalse();
    }
}
