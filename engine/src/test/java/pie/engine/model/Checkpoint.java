package pie.engine.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Write tiny Hugging Face checkpoints: a qwen2 of one layer in F32, F16 and BF16, in one file or two. */
final class Checkpoint {
    static final int HIDDEN = 8;
    static final int VOCAB = 300;

    private Checkpoint() {}

    record Part(String name, String dtype, int[] shape, byte[] data) {}

    static List<Part> parts(long seed) {
        Random random = new Random(seed);
        List<Part> parts = new ArrayList<>();
        parts.add(part("model.embed_tokens.weight", "BF16", random, VOCAB, HIDDEN));
        parts.add(part("model.norm.weight", "F32", random, HIDDEN));
        String layer = "model.layers.0.";
        parts.add(part(layer + "input_layernorm.weight", "F32", random, HIDDEN));
        parts.add(part(layer + "post_attention_layernorm.weight", "F32", random, HIDDEN));
        for (String name : new String[] {"q", "k", "v"}) {
            int rows = name.equals("q") ? HIDDEN : HIDDEN / 2;
            parts.add(part(layer + "self_attn." + name + "_proj.weight", "F16", random, rows, HIDDEN));
            parts.add(part(layer + "self_attn." + name + "_proj.bias", "F32", random, rows));
        }
        parts.add(part(layer + "self_attn.o_proj.weight", "F32", random, HIDDEN, HIDDEN));
        parts.add(part(layer + "mlp.gate_proj.weight", "BF16", random, 16, HIDDEN));
        parts.add(part(layer + "mlp.up_proj.weight", "BF16", random, 16, HIDDEN));
        parts.add(part(layer + "mlp.down_proj.weight", "BF16", random, HIDDEN, 16));
        parts.add(part(layer + "self_attn.rotary_emb.inv_freq", "F32", random, 2));
        return parts;
    }

    static Part part(String name, String dtype, Random random, int... shape) {
        int values = 1;
        for (int extent : shape) {
            values *= extent;
        }
        byte[] data = new byte[values * (dtype.equals("F32") ? 4 : 2)];
        random.nextBytes(data);
        return new Part(name, dtype, shape, data);
    }

    static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("Qwen2ForCausalLM"));
        config.put("model_type", "qwen2");
        config.put("hidden_act", "silu");
        config.put("hidden_size", HIDDEN);
        config.put("intermediate_size", 16);
        config.put("max_position_embeddings", 64);
        config.put("num_attention_heads", 2);
        config.put("num_hidden_layers", 1);
        config.put("num_key_value_heads", 1);
        config.put("rms_norm_eps", 1e-6);
        config.put("rope_theta", 1000000.0);
        config.put("tie_word_embeddings", true);
        config.put("use_sliding_window", false);
        config.put("vocab_size", VOCAB);
        config.put("bos_token_id", 256);
        config.put("eos_token_id", 257);
        return config;
    }

    static void write(Path directory, long seed) throws IOException {
        write(directory, config(), parts(seed));
    }

    static void write(Path directory, Map<String, Object> config, List<Part> parts) throws IOException {
        writeTexts(directory, config);
        Files.write(directory.resolve("model.safetensors"), safetensors(parts));
    }

    static void writeTexts(Path directory, Map<String, Object> config) throws IOException {
        json(directory.resolve("config.json"), config);
        json(directory.resolve("generation_config.json"), Map.of("eos_token_id", List.of(257, 258)));
        json(
                directory.resolve("tokenizer_config.json"),
                Map.of(
                        "eos_token", "<|im_end|>",
                        "bos_token", Map.of("content", "<|endoftext|>"),
                        "chat_template",
                                "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}"));
        Files.writeString(directory.resolve("tokenizer.json"), tokenizer());
    }

    static void json(Path file, Object value) throws IOException {
        Files.write(file, JsonMapper.shared().writeValueAsBytes(value));
    }

    static byte[] safetensors(List<Part> parts) {
        ObjectNode header = JsonMapper.shared().createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Part part : parts) {
            ObjectNode info = header.putObject(part.name).put("dtype", part.dtype);
            for (int extent : part.shape) {
                info.withArray("shape").add(extent);
            }
            info.putArray("data_offsets").add(data.size()).add(data.size() + part.data.length);
            data.writeBytes(part.data);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
    }

    private static String tokenizer() {
        String[] tokens = new String[259];
        for (int b = 0, next = 256; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            tokens[b] = String.valueOf((char) (printable ? b : next++));
        }
        List<TokenizerJson.Added> added = new ArrayList<>();
        for (String special : new String[] {"<|endoftext|>", "<|im_end|>", "<|eot_id|>"}) {
            tokens[256 + added.size()] = special;
            added.add(new TokenizerJson.Added(256 + added.size(), special, true));
        }
        return TokenizerJson.byteLevel(tokens, List.of(), PreTokenizer.QWEN2, added);
    }
}
