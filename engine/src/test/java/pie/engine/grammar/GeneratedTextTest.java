package pie.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Let random walks write texts, and an independent validator judge them. */
class GeneratedTextTest {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final SchemaRegistry VALIDATORS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static Stream<String> schemas() {
        List<String> all = new ArrayList<>(List.of(
                "{\"type\":\"integer\",\"minimum\":-120,\"exclusiveMaximum\":7}",
                "{\"type\":\"number\",\"exclusiveMinimum\":-0.25,\"maximum\":3.75}",
                "{\"type\":\"string\",\"minLength\":2,\"maxLength\":6}",
                "{\"type\":\"string\",\"pattern\":\"^(\\\\w+ ?)+[\\\"\\\\\\\\é]$\",\"maxLength\":20}",
                "{\"type\":\"string\",\"pattern\":\"[^a-z]\\\\s\\\\d{2}\"}",
                "{\"type\":[\"array\",\"null\"],\"prefixItems\":[{\"type\":\"boolean\"}],\"items\":{\"type\":[\"integer\",\"string\"]},\"minItems\":2,\"maxItems\":5}",
                """
                {"type": "object", "required": ["b", "z"], "properties": {"a": {"type": "integer"}, "b": {"enum": ["x", 1, null, [1, {"q": 2}]]},
                    "c": {"type": "object", "properties": {"d": {"type": "boolean"}, "e": {"type": "string", "maxLength": 3}}, "additionalProperties": {"type": "null"}},
                    "f": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"const": 3}}]}}}
                """,
                """
                {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["kind"], "properties": {
                    "kind": {"enum": ["leaf", "node"]}, "children": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/tree"}}}}}}
                """,
                """
                {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "anyOf": [{"required": ["a"]},
                    {"required": ["b"], "properties": {"b": {"minLength": 2, "maxLength": 4}}}]}
                """,
                "{\"minimum\":3,\"maxLength\":2,\"required\":[\"k\"],\"maxItems\":1}"));
        all.add("{\"type\":\"string\",\"format\":\"email\",\"pattern\":\"[.](com|org)$\"}");
        for (String format :
                "date time date-time duration json-pointer relative-json-pointer uri-reference hostname ipv4 ipv6 uuid uri"
                        .split(" ")) {
            all.add("{\"type\":\"string\",\"format\":\"" + format + "\"}");
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void is_valid(String source) {
        Schema validator = VALIDATORS.getSchema(source);
        for (TokenIndex index : List.of(Vocabularies.small(), Vocabularies.defaultModel())) {
            Grammar grammar = Vocabularies.compiler(index).compile(new GrammarSource.JsonSchema(source, false, false));
            int finished = 0;
            for (int seed = 0; seed < 16; seed++) {
                String text = write(grammar, new Random(seed));
                if (text.isEmpty()) {
                    continue;
                }
                finished++;
                STRICT.readTree(text);
                assertThat(validator.validate(
                                text,
                                InputFormat.JSON,
                                run -> run.executionConfig(c -> c.formatAssertionsEnabled(true))))
                        .as(text)
                        .isEmpty();
            }
            assertThat(finished).as("texts that came to an end").isGreaterThan(4);
        }
    }

    /** Writes one text; after a while only tokens that lead towards an end. Empty if it finds none within a limit. */
    static String write(Grammar grammar, Random random) {
        Matcher matcher = new Matcher(grammar);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long[] mask = new long[matcher.words()];
        for (int step = 0; step < 600; step++) {
            if (matcher.canEnd() && (step > 12 || random.nextInt(4) == 0)) {
                return decoded(bytes);
            }
            matcher.mask(mask);
            List<Integer> allowed = new ArrayList<>();
            boolean closing = step > 12 && random.nextInt(3) > 0;
            for (int token = 0; token < 64 * mask.length; token++) {
                if ((mask[token >> 6] >>> token & 1) != 0
                        && !(grammar.index().isStop(token))
                        && (!closing || closes(grammar.index().bytes(token)))) {
                    allowed.add(token);
                }
            }
            if (allowed.isEmpty()) {
                continue;
            }
            int token = allowed.get(random.nextInt(allowed.size()));
            assertThat(matcher.accept(token)).isTrue();
            bytes.writeBytes(grammar.index().bytes(token));
        }
        return "";
    }

    private static boolean closes(byte[] token) {
        return token.length == 1 && "\"]},: 0123456789".indexOf(token[0]) >= 0;
    }

    private static String decoded(ByteArrayOutputStream bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("the text is no UTF-8", e);
        }
    }
}
