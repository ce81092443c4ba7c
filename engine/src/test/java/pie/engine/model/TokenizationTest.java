package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.testing.GgufWriter;
import pie.engine.testing.TestModel;
import tools.jackson.databind.JsonNode;

/** Agree with independent implementations on tricky strings, for every family of vocabularies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenizationTest {
    private JsonNode fixture;
    private Map<String, HfTokenizer> families;
    private HfTokenizer pieces;

    @BeforeAll
    void make(@TempDir Path directory) {
        fixture = Resources.json("tokenization.json");
        families = new HashMap<>();
        MemorySegment bytes = MappedFile.map(TestModel.path(), Arena.ofAuto());
        GgufMetadata metadata = GgufReader.read(TestModel.path(), bytes).metadata();
        for (String family : fixture.get("byteLevel").propertyNames()) {
            families.put(
                    family,
                    GgufVocabulary.of(metadata.with("tokenizer.ggml.pre", family))
                            .tokenizer());
        }
        pieces = sentencePieces(directory.resolve("pieces.gguf"));
    }

    private HfTokenizer sentencePieces(Path file) {
        JsonNode vocabulary = fixture.get("sentencePiece");
        float[] scores = new float[vocabulary.get("scores").size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = vocabulary.get("scores").get(id).floatValue();
        }
        new GgufWriter()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", texts(vocabulary.get("pieces")).toArray(String[]::new))
                .put("tokenizer.ggml.scores", scores)
                .put("tokenizer.ggml.token_type", Resources.ints(vocabulary.get("types")))
                .put("tokenizer.ggml.unknown_token_id", 0)
                .write(file);
        MemorySegment bytes = MappedFile.map(file, Arena.ofAuto());
        return GgufVocabulary.of(GgufReader.read(file, bytes).metadata()).tokenizer();
    }

    private List<String> strings() {
        return texts(fixture.get("strings"));
    }

    private static List<String> texts(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToObj(i -> array.get(i).asString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "gpt-2", "llama-bpe", "qwen2"})
    void byteLevelFamiliesAgree(String family) {
        List<String> strings = strings();
        assertThat(strings).hasSizeGreaterThan(50);
        for (int i = 0; i < strings.size(); i++) {
            assertThat(families.get(family).encode(strings.get(i), true))
                    .as("%s of \"%s\"", family, strings.get(i))
                    .isEqualTo(
                            Resources.ints(fixture.get("byteLevel").get(family).get(i)));
        }
    }

    @Test
    void sentencePiecesAgree() {
        List<String> strings = strings();
        for (int i = 0; i < strings.size(); i++) {
            assertThat(pieces.encode(strings.get(i), true))
                    .as("\"%s\"", strings.get(i))
                    .isEqualTo(Resources.ints(
                            fixture.get("sentencePiece").get("ids").get(i)));
        }
    }

    Stream<HfTokenizer> tokenizers() {
        return Stream.of(families.get("smollm"), families.get("llama-bpe"), pieces);
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void textsSurviveTheRoundTrip(HfTokenizer tokenizer) {
        for (String text : strings()) {
            if (tokenizer == pieces && text.indexOf(SentencePieces.SPACE) >= 0) {
                continue; // SentencePiece cannot tell this character from a space
            }
            for (boolean parse : new boolean[] {true, false}) {
                int[] ids = tokenizer.encode(text, parse);
                assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
                ByteArrayOutputStream joined = new ByteArrayOutputStream();
                for (int id : ids) {
                    joined.writeBytes(tokenizer.tokenBytes(id));
                }
                assertThat(joined.toString(StandardCharsets.UTF_8)).endsWith(text);
                if (!parse) {
                    assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
                }
            }
        }
    }

    @Test
    void specialTokensAreKnownAndLeftOut() {
        HfTokenizer tokenizer = families.get("smollm");
        assertThat(tokenizer.specialTokens()).hasSize(17).startsWith(0, 1, 2);
        assertThat(tokenizer.isSpecial(2)).isTrue();
        assertThat(tokenizer.isSpecial(17)).isFalse();
        assertThat(tokenizer.decode(tokenizer.encode("a<|im_end|>b", true), true))
                .isEqualTo("ab");
        assertThat(tokenizer.tokenBytes(2)).asString(StandardCharsets.UTF_8).isEqualTo("<|im_end|>");
    }

    @Test
    void everySingleByteHasAToken() {
        for (HfTokenizer tokenizer : List.of(families.get("smollm"), pieces)) {
            boolean[] seen = new boolean[256];
            for (int id = 0; id < tokenizer.vocabSize(); id++) {
                if (tokenizer.tokenBytes(id).length == 1) {
                    seen[tokenizer.tokenBytes(id)[0] & 0xff] = true;
                }
            }
            int missing = 0;
            for (boolean there : seen) {
                missing += there ? 0 : 1;
            }
            // The default model's vocabulary lacks the bytes that never occur in UTF-8, and a few of rare scripts.
            assertThat(missing).isLessThan(tokenizer == pieces ? 1 : 40);
        }
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        HfTokenizer tokenizer = families.get("smollm");
        assertThat(tokenizer.decode(tokenizer.encode("a\ud800b\udc00", true), true))
                .isEqualTo("a\ufffdb\ufffd");
    }

    @Test
    void threadsShareATokenizer() throws Exception {
        HfTokenizer tokenizer = families.get("smollm");
        List<String> strings = strings();
        List<int[]> expected =
                strings.stream().map(text -> tokenizer.encode(text, true)).toList();
        Callable<Void> work = () -> {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < strings.size(); i++) {
                    assertThat(tokenizer.encode(strings.get(i), true)).isEqualTo(expected.get(i));
                }
            }
            return null;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Void> done : threads.invokeAll(List.of(work, work, work, work))) {
                done.get();
            }
        }
    }

    @Test
    void splitPatternCutsAsThePreTokenizerDoes() {
        HfTokenizer tokenizer = families.get("smollm");
        Pattern pattern = Pattern.compile(tokenizer.splitRegex(), Pattern.UNICODE_CHARACTER_CLASS);
        for (String text : strings()) {
            if (!text.contains("<|")) {
                int[] cut = pattern.matcher(text)
                        .results()
                        .flatMapToInt(word -> IntStream.of(tokenizer.encode(word.group(), false)))
                        .toArray();
                assertThat(cut).as("\"%s\"", text).isEqualTo(tokenizer.encode(text, false));
            }
        }
    }
}
