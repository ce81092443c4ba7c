package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import pie.engine.testing.TestModel;
import tools.jackson.databind.JsonNode;

/** Read the real default model and agree with what transformers says about it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultModelTest {
    private ModelFiles model;
    private JsonNode reference;

    @BeforeAll
    void open() {
        model = Models.open(TestModel.path());
        reference = Resources.json("smollm2-135m-instruct.reference.json");
    }

    @AfterAll
    void close() {
        model.close();
    }

    @Test
    void configurationIsThatOfTheFile() {
        ModelConfig config = model.config();
        assertThat(config.architecture()).isEqualTo("llama");
        assertThat(config.layers()).isEqualTo(30);
        assertThat(config.hidden()).isEqualTo(576);
        assertThat(config.heads()).isEqualTo(9);
        assertThat(config.kvHeads()).isEqualTo(3);
        assertThat(config.headDim()).isEqualTo(64);
        assertThat(config.ffn()).isEqualTo(1536);
        assertThat(config.vocab()).isEqualTo(49152);
        assertThat(config.maxContext()).isEqualTo(8192);
        assertThat(config.ropeBase()).isEqualTo(100_000f);
        assertThat(config.rmsEpsilon()).isEqualTo(1e-5f);
        assertThat(config.ropeInterleaved()).isTrue();
        assertThat(config.ropeScaling()).isNull();
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.attentionBias()).isFalse();
        assertThat(config.bosId()).isEqualTo(1);
        assertThat(config.addBos()).isFalse();
        assertThat(config.stopIds()).containsExactly(0, 2);
    }

    @Test
    void promptsGetTheReferenceIds() {
        Tokenizer tokenizer = model.tokenizer();
        assertThat(reference.get("items")).hasSize(10).allSatisfy(item -> {
            int[] ids = tokenizer.encode(item.get("text").asString(), true);
            assertThat(ids).isEqualTo(Resources.ints(item.get("prompt_ids")));
            assertThat(tokenizer.decode(ids, false)).isEqualTo(item.get("text").asString());
        });
    }

    @Test
    void greedyTextsDecode() {
        assertThat(reference.get("items"))
                .allSatisfy(item -> assertThat(model.tokenizer().decode(Resources.ints(item.get("greedy_ids")), false))
                        .isEqualTo(item.get("greedy_text").asString()));
    }

    @Test
    void chatPromptsAreRenderedByTheModelsTemplate() {
        ChatTemplate template = model.chatTemplate().orElseThrow();
        assertThat(reference.get("items"))
                .anySatisfy(item -> assertThat(item.get("kind").asString()).isEqualTo("chat"));
        for (JsonNode item : reference.get("items")) {
            if (item.get("kind").asString().equals("chat")) {
                Map<String, Object> turn =
                        Map.of("role", "user", "content", item.get("prompt").asString());
                assertThat(template.render(List.of(turn), null, true, Map.of()))
                        .isEqualTo(item.get("text").asString());
            }
        }
    }

    @Test
    void spellingsOfSpecialTokensAreTextUnlessParsed() {
        Tokenizer tokenizer = model.tokenizer();
        assertThat(tokenizer.encode("<|im_start|>", true)).containsExactly(1);
        int[] literal = tokenizer.encode("<|im_start|>", false);
        assertThat(literal).hasSizeGreaterThan(1).doesNotContain(1);
        assertThat(tokenizer.decode(literal, true)).isEqualTo("<|im_start|>");
    }

    @Test
    void fingerprintIsStable() {
        try (ModelFiles again = Models.open(TestModel.path())) {
            assertThat(again.fingerprint()).isEqualTo(model.fingerprint()).hasSize(64);
        }
    }
}
