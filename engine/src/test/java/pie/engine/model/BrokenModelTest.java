package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.testing.GgufWriter;

/** Refuse each kind of damage with a code and details that name the file and the tensor or key. */
class BrokenModelTest {
    @TempDir
    Path directory;

    private PieException refused(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("m.gguf"), bytes);
        return refused(file);
    }

    private static PieException refused(Path path) {
        try (ModelFiles model = Models.open(path)) {
            model.tokenizer();
            throw new AssertionError("was accepted");
        } catch (PieException e) {
            return e;
        }
    }

    private PieException refused(UnaryOperator<GgufWriter> change) throws IOException {
        return refused(change.apply(GgufWriter.tinyLlama(1)).bytes());
    }

    private static void hasDetail(PieException e, ErrorCode code, String detail, Object value) {
        assertThat(e.code()).as(e.message()).isEqualTo(code);
        assertThat(e.details()).as(e.message()).containsEntry(detail, value).containsKey("file");
        assertThat(e.message()).contains(String.valueOf(value));
    }

    @Test
    void soundFilesOfBothVersionsOpen() {
        for (int version : new int[] {2, 3}) {
            Path file = GgufWriter.tinyLlama(1).version(version).write(directory.resolve("v" + version + ".gguf"));
            try (ModelFiles model = Models.open(file)) {
                assertThat(model.tensorNames()).hasSize(11);
                assertThat(model.config().kvHeads()).isEqualTo(1);
                assertThat(model.find("nothing")).isEmpty();
                assertThatThrownBy(() -> model.tensor("nothing")).hasMessageContaining("nothing");
            }
            try (ModelFiles model = Models.open(directory.resolve("v" + version + ".gguf"))) {
                assertThat(model.tokenizer().encode("th", true)).containsExactly(259);
            }
        }
    }

    @Test
    void headersThatAreNoneAreRefused() throws IOException {
        assertThat(refused(new byte[0]).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused("GGUF".getBytes(StandardCharsets.US_ASCII)).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused("<html>404 not found</html>".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("not a GGUF file");
        assertThat(refused(writer -> writer.version(1)).code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refused(writer -> writer.version(Integer.reverseBytes(3)))).hasMessageContaining("big-endian");
        assertThat(refused(directory.resolve("absent.gguf")).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void absurdCountsAreRefused() throws IOException {
        for (int at : new int[] {8, 16}) {
            for (long count : new long[] {-1, Long.MAX_VALUE, 1L << 40, 1 << 20}) {
                byte[] bytes = GgufWriter.tinyLlama(1).bytes();
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, count);
                assertThat(refused(bytes).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            }
        }
    }

    @Test
    void aTruncatedTensorIsNamed() throws IOException {
        byte[] bytes = GgufWriter.tinyLlama(1).bytes();
        hasDetail(
                refused(Arrays.copyOf(bytes, bytes.length - 100)),
                ErrorCode.INVALID_ARGUMENT,
                "tensor",
                "blk.0.ffn_down.weight");
    }

    @Test
    void missingForeignAndMisshapenTensorsAreNamed() throws IOException {
        Random random = new Random(1);
        hasDetail(
                refused(writer -> writer.removeTensor("blk.0.ffn_up.weight")),
                ErrorCode.INVALID_ARGUMENT,
                "tensor",
                "blk.0.ffn_up.weight");
        hasDetail(
                refused(writer -> writer.random("blk.0.ffn_gate_exps.weight", TensorType.F32, 4, 4, random)),
                ErrorCode.UNSUPPORTED,
                "tensor",
                "blk.0.ffn_gate_exps.weight");
        hasDetail(
                refused(writer -> writer.removeTensor("output_norm.weight")
                        .random("output_norm.weight", TensorType.F32, 1, 16, random)),
                ErrorCode.INVALID_ARGUMENT,
                "tensor",
                "output_norm.weight");
    }

    @Test
    void anUnknownTensorTypeIsNamed() throws IOException {
        byte[] bytes = GgufWriter.tinyLlama(1).bytes();
        byte[] name = "blk.0.attn_q.weight".getBytes(StandardCharsets.US_ASCII);
        int at = indexOf(bytes, name) + name.length + 4 + 16;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, 16);
        PieException e = refused(bytes);
        hasDetail(e, ErrorCode.UNSUPPORTED, "tensor", "blk.0.attn_q.weight");
        assertThat(e.details()).containsEntry("type", 16);
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }

    @Test
    void otherArchitecturesAreNamed() throws IOException {
        hasDetail(
                refused(writer -> writer.put("general.architecture", "mamba")),
                ErrorCode.UNSUPPORTED,
                "architecture",
                "mamba");
    }

    @Test
    void brokenKeysAreNamed() throws IOException {
        hasKey(writer -> writer.remove("llama.block_count"), ErrorCode.INVALID_ARGUMENT, "llama.block_count");
        hasKey(writer -> writer.put("llama.block_count", "one"), ErrorCode.INVALID_ARGUMENT, "llama.block_count");
        hasKey(writer -> writer.put("llama.block_count", -1L), ErrorCode.INVALID_ARGUMENT, "llama.block_count");
        hasKey(
                writer -> writer.put("llama.attention.head_count_kv", 3),
                ErrorCode.INVALID_ARGUMENT,
                "llama.attention.head_count_kv");
        hasKey(writer -> writer.put("general.alignment", 33), ErrorCode.INVALID_ARGUMENT, "general.alignment");
        hasKey(
                writer -> writer.put("llama.rope.freq_base", Float.NaN),
                ErrorCode.INVALID_ARGUMENT,
                "llama.rope.freq_base");
        hasKey(
                writer -> writer.put("llama.rope.scaling.type", "yarn"),
                ErrorCode.UNSUPPORTED,
                "llama.rope.scaling.type");
        hasKey(writer -> writer.put("llama.expert_count", 8), ErrorCode.UNSUPPORTED, "llama.expert_count");
        hasKey(writer -> writer.put("split.count", 2), ErrorCode.UNSUPPORTED, "split.count");
        hasKey(writer -> writer.put("tokenizer.ggml.pre", "strange"), ErrorCode.UNSUPPORTED, "tokenizer.ggml.pre");
        hasKey(writer -> writer.put("tokenizer.ggml.model", "bert"), ErrorCode.UNSUPPORTED, "tokenizer.ggml.model");
        hasKey(writer -> writer.remove("tokenizer.ggml.tokens"), ErrorCode.INVALID_ARGUMENT, "tokenizer.ggml.tokens");
        hasKey(
                writer -> writer.put("tokenizer.ggml.token_type", new int[] {1}),
                ErrorCode.INVALID_ARGUMENT,
                "tokenizer.ggml.token_type");
    }

    private void hasKey(UnaryOperator<GgufWriter> change, ErrorCode code, String key) throws IOException {
        hasDetail(refused(change), code, "key", key);
    }

    @Test
    void aMergeOfUnknownTokensIsTheTokenizersError() throws IOException {
        PieException e = refused(writer -> writer.put("tokenizer.ggml.merges", new String[] {"nosuch token"}));
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(e.details()).containsEntry("key", "tokenizer").containsKey("file");
    }

    @Test
    void ropeFactorsAreRead() {
        GgufWriter writer = GgufWriter.tinyLlama(1);
        byte[] factors = new byte[32];
        ByteBuffer.wrap(factors).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(new float[] {1, 2, 3, 4, 5, 6, 7, 8
        });
        Path file = writer.tensor("rope_freqs.weight", TensorType.F32, 1, 8, factors)
                .write(directory.resolve("r.gguf"));
        try (ModelFiles model = Models.open(file)) {
            assertThat(model.config().ropeScaling()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    @Test
    void anotherQuantisationHasAnotherFingerprint() {
        try (ModelFiles one = Models.open(GgufWriter.tinyLlama(1).write(directory.resolve("1.gguf")));
                ModelFiles two = Models.open(GgufWriter.tinyLlama(2).write(directory.resolve("2.gguf")))) {
            assertThat(one.fingerprint()).isNotEqualTo(two.fingerprint());
        }
    }
}
