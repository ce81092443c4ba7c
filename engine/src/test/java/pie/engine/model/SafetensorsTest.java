package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class SafetensorsTest {
    @TempDir
    Path directory;

    @Test
    void aCheckpointOpensUnderGgufNames() throws IOException {
        List<Checkpoint.Part> parts = Checkpoint.parts(1);
        Checkpoint.write(directory, Checkpoint.config(), parts);
        try (ModelFiles model = Models.open(directory)) {
            ModelConfig config = model.config();
            assertThat(config.architecture()).isEqualTo("qwen2");
            assertThat(config.headDim()).isEqualTo(4);
            assertThat(config.ropeInterleaved()).isFalse();
            assertThat(config.attentionBias()).isTrue();
            assertThat(config.tiedEmbeddings()).isTrue();
            assertThat(config.stopIds()).containsExactly(256, 257, 258);
            assertThat(config.addBos()).isFalse();
            assertThat(model.tensorNames()).hasSize(parts.size() - 1).doesNotContain("output.weight");
            Tensor query = model.tensor("blk.0.attn_q.weight");
            assertThat(query.type()).isEqualTo(TensorType.F16);
            assertThat(query.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(part(parts, "q_proj.weight"));
            assertThat(model.tensor("blk.0.attn_k.bias").columns()).isEqualTo(4);
        }
    }

    private static byte[] part(List<Checkpoint.Part> parts, String suffix) {
        return parts.stream()
                .filter(part -> part.name().endsWith(suffix))
                .findFirst()
                .orElseThrow()
                .data();
    }

    @Test
    void tokenizerAndTemplateComeFromTheirFiles() throws IOException {
        Checkpoint.write(directory, 1);
        try (ModelFiles model = Models.open(directory)) {
            Tokenizer tokenizer = model.tokenizer();
            int[] ids = tokenizer.encode("hé<|im_end|>", true);
            assertThat(ids).hasSize(4).endsWith(257);
            assertThat(tokenizer.encode("<|im_end|>", false)).hasSize(10).doesNotContain(257);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("hé");
            assertThat(tokenizer.decode(ids, false)).isEqualTo("hé<|im_end|>");
            assertThat(tokenizer.vocabSize()).isEqualTo(Checkpoint.VOCAB);
            assertThat(tokenizer.tokenBytes(Checkpoint.VOCAB - 1)).isEmpty();
            assertThat(tokenizer.specialTokens()).containsExactly(256, 257, 258);
            assertThat(tokenizer.splitRegex()).isEqualTo(PreTokenizer.QWEN2.pattern());
            Map<String, Object> turn = Map.of("role", "user", "content", "Hi");
            assertThat(model.chatTemplate().orElseThrow().render(List.of(turn), null, false, Map.of()))
                    .isEqualTo("<|endoftext|>Hi<|im_end|>");
        }
        Files.writeString(directory.resolve("chat_template.jinja"), "{{ eos_token }}");
        try (ModelFiles model = Models.open(directory)) {
            assertThat(model.chatTemplate().orElseThrow().render(List.of(), null, false, Map.of()))
                    .isEqualTo("<|im_end|>");
        }
    }

    @Test
    void shardsAreJoined() throws IOException {
        List<Checkpoint.Part> parts = Checkpoint.parts(1);
        Checkpoint.write(directory, Checkpoint.config(), parts);
        String whole = tensors();
        shard(parts);
        assertThat(tensors()).isEqualTo(whole);
    }

    private void shard(List<Checkpoint.Part> parts) throws IOException {
        Files.delete(directory.resolve("model.safetensors"));
        Map<String, String> weights = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            String name = "model-0000" + (i + 1) + "-of-00002.safetensors";
            List<Checkpoint.Part> half = i == 0 ? parts.subList(0, 5) : parts.subList(5, parts.size());
            half.forEach(part -> weights.put(part.name(), name));
            Files.write(directory.resolve(name), Checkpoint.safetensors(half));
        }
        Checkpoint.json(directory.resolve("model.safetensors.index.json"), Map.of("weight_map", weights));
    }

    private String tensors() {
        StringBuilder text = new StringBuilder();
        try (ModelFiles model = Models.open(directory)) {
            model.tensorNames().stream()
                    .sorted()
                    .forEach(name -> text.append(name)
                            .append(Arrays.hashCode(model.tensor(name).data().toArray(ValueLayout.JAVA_BYTE)))
                            .append('\n'));
        }
        return text.toString();
    }

    @Test
    void aMissingShardAndAPathThatLeavesTheDirectoryAreRefused() throws IOException {
        List<Checkpoint.Part> parts = Checkpoint.parts(1);
        Checkpoint.write(directory, Checkpoint.config(), parts);
        shard(parts);
        Files.delete(directory.resolve("model-00002-of-00002.safetensors"));
        assertThat(refused().message()).contains("model-00002-of-00002.safetensors");
        Checkpoint.json(
                directory.resolve("model.safetensors.index.json"),
                Map.of("weight_map", Map.of("x", "../../etc/x.safetensors")));
        assertThat(refused().details()).containsEntry("key", "weight_map");
    }

    private PieException refused() {
        try (ModelFiles model = Models.open(directory)) {
            throw new AssertionError("was accepted: " + model.config());
        } catch (PieException e) {
            return e;
        }
    }

    private PieException refused(String key, Object value) throws IOException {
        Map<String, Object> config = Checkpoint.config();
        config.put(key, value);
        Checkpoint.write(directory, config, Checkpoint.parts(1));
        return refused();
    }

    @Test
    void whatDoesNotRunIsRefusedByName() throws IOException {
        assertThat(refused("model_type", "gemma3n").details()).containsEntry("architecture", "gemma3n");
        for (Map.Entry<String, Object> odd : Map.of(
                        "hidden_act",
                        "gelu",
                        "use_sliding_window",
                        true,
                        "quantization_config",
                        Map.of("bits", 4),
                        "rope_scaling",
                        Map.of("rope_type", "yarn", "factor", 4.0))
                .entrySet()) {
            PieException e = refused(odd.getKey(), odd.getValue());
            assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(e.details()).containsEntry("key", odd.getKey());
        }
        PieException broken = refused("hidden_size", "eight");
        assertThat(broken.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(broken.details()).containsEntry("key", "hidden_size");
    }

    @Test
    void aForeignDtypeNamesItsTensor() throws IOException {
        List<Checkpoint.Part> parts = new ArrayList<>(Checkpoint.parts(1));
        Checkpoint.Part odd = Checkpoint.part("model.norm.weight", "I8", new Random(1), 8);
        parts.set(1, odd);
        Checkpoint.write(directory, Checkpoint.config(), parts);
        PieException e = refused();
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(e.details()).containsEntry("tensor", "model.norm.weight");
    }

    @Test
    void llama3RopeFactorsAreThoseOfTransformers() {
        // Llama 3.2 1B; the formula of transformers' _compute_llama3_parameters, evaluated in Python.
        float[] factors = RopeFactors.llama3(500_000, 64, 32, 1, 4, 8192);
        assertThat(factors).hasSize(32);
        assertThat(Arrays.copyOf(factors, 15)).containsOnly(1);
        assertThat(factors[15]).isCloseTo(1.651329f, within(1e-5f));
        assertThat(factors[16]).isCloseTo(3.292262f, within(1e-5f));
        assertThat(factors[17]).isCloseTo(9.666729f, within(1e-5f));
        assertThat(Arrays.copyOfRange(factors, 18, 32)).containsOnly(32);
    }
}
