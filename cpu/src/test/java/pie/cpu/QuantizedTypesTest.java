package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pie.cpu.Harness.Slice;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Dequantizer;
import pie.engine.model.Models;
import pie.engine.model.Tensor;
import pie.engine.model.TensorType;
import pie.engine.testing.GgufWriter;

/** A random model of each type of integers answers as the same model in floats does, on every kind of matmul that reads integers. */
class QuantizedTypesTest {
    private static final int HIDDEN = 256;
    private static final int[] PROMPT = {5, 80, 19, 200, 33, 7, 91, 140, 66};

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"Q3_K", "Q5_0", "Q5_1", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4"})
    void logitsAreThoseOfTheSameWeightsInFloats(TensorType type) {
        Path quantized = model(type, false).write(folder.resolve("quantized.gguf"));
        float[] right = logits(model(type, true).write(folder.resolve("floats.gguf")), "vector", "vector");
        float most = 0;
        for (float logit : right) {
            most = Math.max(most, Math.abs(logit));
        }
        assertThat(most).isGreaterThan(0.5f);
        float[] integers = {};
        for (String kernels : List.of("vnni", "avx-vnni", "avx2")) {
            var set = CpuOptions.of(Map.of("kernels", kernels)).kernels().set().orElseThrow();
            if (set.supported(Processor.current()::has)) {
                float[] logits = logits(quantized, kernels, set.label() + " INT16 x Q8");
                assertThat(logits).containsExactly(right, Offset.offset(2e-3f * most));
                assertThat(logits).isEqualTo(integers.length == 0 ? logits : integers);
                integers = logits;
            }
        }
        assertThat(logits(quantized, "vector", "vector")).containsExactly(right, Offset.offset(5e-3f * most));
    }

    private static float[] logits(Path file, String kernels, String said) {
        DriverConfig config =
                new DriverConfig("auto", 16, 64, 0, 64, 16, Map.of("kernels", kernels, "warmup", "false"));
        try (var model = Models.open(file);
                var driver = new CpuDriverProvider().open(model, config, line -> {})) {
            assertThat(driver.capabilities().kernels()).startsWith(said);
            Harness h = new Harness(driver);
            float[][] rows = h.pass(List.of(Slice.probed(h.context(), PROMPT)))
                    .getFirst()
                    .logits();
            return rows[PROMPT.length - 1];
        }
    }

    private static GgufWriter model(TensorType type, boolean floats) {
        GgufWriter writer = GgufWriter.tinyLlama(1)
                .put("llama.embedding_length", HIDDEN)
                .put("llama.feed_forward_length", 2 * HIDDEN)
                .put("llama.attention.head_count", 8)
                .put("llama.attention.head_count_kv", 4);
        Random random = new Random(7);
        for (String norm : List.of("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm")) {
            ByteBuffer ones = ByteBuffer.allocate(4 * HIDDEN).order(ByteOrder.LITTLE_ENDIAN);
            while (ones.hasRemaining()) {
                ones.putFloat(1);
            }
            String name = norm + ".weight";
            writer.removeTensor(name).tensor(name, TensorType.F32, 1, HIDDEN, ones.array());
        }
        weights(writer, "token_embd", 260, HIDDEN, type, floats, random);
        weights(writer, "blk.0.attn_q", HIDDEN, HIDDEN, type, floats, random);
        weights(writer, "blk.0.attn_k", HIDDEN / 2, HIDDEN, type, floats, random);
        weights(writer, "blk.0.attn_v", HIDDEN / 2, HIDDEN, type, floats, random);
        weights(writer, "blk.0.attn_output", HIDDEN, HIDDEN, type, floats, random);
        weights(writer, "blk.0.ffn_gate", 2 * HIDDEN, HIDDEN, type, floats, random);
        weights(writer, "blk.0.ffn_up", 2 * HIDDEN, HIDDEN, type, floats, random);
        weights(writer, "blk.0.ffn_down", HIDDEN, 2 * HIDDEN, type, floats, random);
        return writer;
    }

    private static void weights(
            GgufWriter writer, String of, int rows, int columns, TensorType type, boolean floats, Random random) {
        byte[] data = new byte[(int) type.bytes((long) rows * columns)];
        random.nextBytes(data);
        MemorySegment packed = MemorySegment.ofArray(data);
        for (int at = 0; at < data.length; at += type.blockBytes()) {
            scales(type, packed, at);
        }
        String name = of + ".weight";
        writer.removeTensor(name);
        if (!floats) {
            writer.tensor(name, type, rows, columns, data);
            return;
        }
        float[] values = new float[rows * columns];
        Dequantizer.rows(new Tensor(name, type, rows, columns, packed), 0, rows, values, 0);
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(values);
        writer.tensor(name, TensorType.F32, rows, columns, out.array());
    }

    /** Give a block scales that make weights of some hundredths, their mean near 0. */
    private static void scales(TensorType type, MemorySegment data, int at) {
        switch (type) {
            case Q3_K -> half(data, at + 108, 0.0008f);
            case Q5_0 -> half(data, at, 0.004f);
            case Q5_1 -> {
                half(data, at, 0.004f);
                half(data, at + 2, -0.062f);
            }
            case Q5_K -> {
                half(data, at, 0.0001f);
                half(data, at + 2, 0.0016f);
            }
            case Q6_K -> half(data, at + 208, 0.00002f);
            case IQ4_NL -> half(data, at, 0.0006f);
            case IQ4_XS -> half(data, at, 0.00003f);
            case MXFP4 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) (121 + Math.floorMod(at, 2)));
            default -> throw new IllegalArgumentException(type + " in " + Arrays.toString(TensorType.values()));
        }
    }

    private static void half(MemorySegment data, int at, float value) {
        data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
    }
}
