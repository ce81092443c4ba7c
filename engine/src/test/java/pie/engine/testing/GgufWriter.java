package pie.engine.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import pie.engine.model.TensorType;

/** Write small GGUF files for tests: metadata in the order given, tensors aligned to 32 bytes. */
public final class GgufWriter {
    private record Entry(String name, TensorType type, long[] extents, byte[] data) {}

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final List<Entry> tensors = new ArrayList<>();
    private int version = 3;

    /** Start a valid one-layer {@code llama} with a byte-level vocabulary of 256 bytes and three special tokens. */
    public static GgufWriter tinyLlama(long seed) {
        int hidden = 32;
        int ffn = 64;
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("llama.block_count", 1)
                .put("llama.context_length", 128)
                .put("llama.embedding_length", hidden)
                .put("llama.feed_forward_length", ffn)
                .put("llama.attention.head_count", 2)
                .put("llama.attention.head_count_kv", 1)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.rope.freq_base", 10000f);
        int vocab = writer.vocabulary();
        Random random = new Random(seed);
        return writer.random("token_embd.weight", TensorType.Q8_0, vocab, hidden, random)
                .random("output_norm.weight", TensorType.F32, 1, hidden, random)
                .random("blk.0.attn_norm.weight", TensorType.F32, 1, hidden, random)
                .random("blk.0.attn_q.weight", TensorType.Q4_0, hidden, hidden, random)
                .random("blk.0.attn_k.weight", TensorType.Q4_1, hidden / 2, hidden, random)
                .random("blk.0.attn_v.weight", TensorType.Q5_0, hidden / 2, hidden, random)
                .random("blk.0.attn_output.weight", TensorType.Q5_1, hidden, hidden, random)
                .random("blk.0.ffn_norm.weight", TensorType.F32, 1, hidden, random)
                .random("blk.0.ffn_gate.weight", TensorType.F16, ffn, hidden, random)
                .random("blk.0.ffn_up.weight", TensorType.BF16, ffn, hidden, random)
                .random("blk.0.ffn_down.weight", TensorType.Q8_0, hidden, ffn, random);
    }

    private int vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
        for (int b = 0, next = 256; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            tokens.add(String.valueOf((char) (printable ? b : next++)));
        }
        tokens.add("th");
        int[] types = new int[tokens.size()];
        for (int id = 0; id < types.length; id++) {
            types[id] = id < 3 ? 3 : 1;
        }
        put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "gpt-2")
                .put("tokenizer.ggml.tokens", tokens.toArray(String[]::new))
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", new String[] {"t h"})
                .put("tokenizer.ggml.bos_token_id", 1)
                .put("tokenizer.ggml.eos_token_id", 2);
        return tokens.size();
    }

    /** Spell the first, special tokens of {@link #tinyLlama} in another way. */
    public GgufWriter specials(String... spellings) {
        String[] tokens = ((String[]) metadata.get("tokenizer.ggml.tokens")).clone();
        System.arraycopy(spellings, 0, tokens, 0, spellings.length);
        return put("tokenizer.ggml.tokens", tokens);
    }

    public GgufWriter version(int version) {
        this.version = version;
        return this;
    }

    /** Set a value: Integer (u32), Long (u64), Float, Boolean, String, String[], int[] or float[]. */
    public GgufWriter put(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    public GgufWriter remove(String key) {
        metadata.remove(key);
        return this;
    }

    public GgufWriter tensor(String name, TensorType type, int rows, int columns, byte[] data) {
        long[] extents = rows == 1 ? new long[] {columns} : new long[] {columns, rows};
        tensors.add(new Entry(name, type, extents, data));
        return this;
    }

    /** Add a tensor of any number of dimensions, the last one contiguous. */
    public GgufWriter tensor(String name, TensorType type, int[] shape, byte[] data) {
        long[] extents = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            extents[i] = shape[shape.length - 1 - i];
        }
        tensors.add(new Entry(name, type, extents, data));
        return this;
    }

    public GgufWriter removeTensor(String name) {
        tensors.removeIf(tensor -> tensor.name.equals(name));
        return this;
    }

    /** Add a tensor of random bytes; values may be huge or NaN, as its scales are random too. */
    public GgufWriter random(String name, TensorType type, int rows, int columns, Random random) {
        byte[] data = new byte[(int) type.bytes((long) rows * columns)];
        random.nextBytes(data);
        return tensor(name, type, rows, columns, data);
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        Out out = new Out();
        out.i32(0x46554747).i32(version).i64(tensors.size()).i64(metadata.size());
        metadata.forEach((key, value) -> out.text(key).value(value));
        long offset = 0;
        for (Entry tensor : tensors) {
            out.text(tensor.name).i32(tensor.extents.length);
            for (long extent : tensor.extents) {
                out.i64(extent);
            }
            out.i32(tensor.type.ggufId()).i64(offset);
            offset = align(offset + tensor.data.length);
        }
        out.pad();
        for (Entry tensor : tensors) {
            out.bytes.writeBytes(tensor.data);
            out.pad();
        }
        return out.bytes.toByteArray();
    }

    private static long align(long offset) {
        return (offset + 31) & -32;
    }

    private static final class Out {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Out i32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
            return this;
        }

        private Out i64(long value) {
            bytes.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
            return this;
        }

        private Out text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            i64(utf8.length);
            bytes.writeBytes(utf8);
            return this;
        }

        private void value(Object value) {
            switch (value) {
                case Integer number -> i32(4).i32(number);
                case Long number -> i32(10).i64(number);
                case Float number -> i32(6).i32(Float.floatToRawIntBits(number));
                case Boolean truth -> {
                    i32(7);
                    bytes.write(truth ? 1 : 0);
                }
                case String text -> i32(8).text(text);
                case String[] texts -> {
                    i32(9).i32(8).i64(texts.length);
                    for (String text : texts) {
                        text(text);
                    }
                }
                case int[] numbers -> {
                    i32(9).i32(5).i64(numbers.length);
                    for (int number : numbers) {
                        i32(number);
                    }
                }
                case float[] numbers -> {
                    i32(9).i32(6).i64(numbers.length);
                    for (float number : numbers) {
                        i32(Float.floatToRawIntBits(number));
                    }
                }
                default -> throw new IllegalArgumentException("no GGUF type for " + value.getClass());
            }
        }

        private void pad() {
            while (bytes.size() % 32 != 0) {
                bytes.write(0);
            }
        }
    }
}
