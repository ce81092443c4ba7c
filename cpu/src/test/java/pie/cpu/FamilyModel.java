package pie.cpu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.model.TensorType;
import pie.engine.testing.GgufWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Write a tiny random model of a family again, as {@code scripts/tiny_families.py} made it, and know what it must answer. */
public final class FamilyModel {
    /** What an independent implementation answers to a prompt. */
    public record Item(int[] prompt, int[] greedy, float[] gaps, float[] logits) {}

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode document;

    private FamilyModel(JsonNode document) {
        this.document = document;
    }

    /** @param name such as {@code qwen3.gguf} or {@code gemma3_text.safetensors} */
    public static FamilyModel read(String name) {
        try (InputStream in = FamilyModel.class.getResourceAsStream("/reference/families/" + name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new FamilyModel(MAPPER.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int maxContext() {
        return document.get("max_context").asInt();
    }

    public List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (JsonNode item : document.get("items")) {
            items.add(new Item(
                    MAPPER.convertValue(item.get("prompt_ids"), int[].class),
                    MAPPER.convertValue(item.get("greedy_ids"), int[].class),
                    MAPPER.convertValue(item.get("top1_top2_gap"), float[].class),
                    MAPPER.convertValue(item.get("logits"), float[].class)));
        }
        return items;
    }

    public ModelFiles open(Path folder) throws IOException {
        if (document.has("config")) {
            writeCheckpoint(folder);
            return Models.open(folder);
        }
        return Models.open(gguf().write(folder.resolve("model.gguf")));
    }

    private GgufWriter gguf() {
        GgufWriter writer = new GgufWriter();
        document.get("metadata").properties().forEach(e -> writer.put(e.getKey(), scalar(e.getValue())));
        for (JsonNode tensor : document.get("tensors")) {
            int[] shape = MAPPER.convertValue(tensor.get("shape"), int[].class);
            writer.tensor(tensor.get("name").asString(), TensorType.F32, shape, values(tensor));
        }
        document.get("factors").properties().forEach(e -> {
            ByteBuffer data = ByteBuffer.allocate(4 * e.getValue().size()).order(ByteOrder.LITTLE_ENDIAN);
            e.getValue().forEach(factor -> data.putFloat(factor.floatValue()));
            writer.tensor(e.getKey(), TensorType.F32, new int[] {e.getValue().size()}, data.array());
        });
        return writer;
    }

    private static Object scalar(JsonNode value) {
        if (value.isString()) {
            return value.asString();
        }
        return value.isIntegralNumber() ? (Object) value.asInt() : (Object) value.floatValue();
    }

    private void writeCheckpoint(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), document.get("config").toString());
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        ObjectNode header = MAPPER.createObjectNode();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (JsonNode tensor : document.get("tensors")) {
            byte[] values = values(tensor);
            ObjectNode info = header.putObject(tensor.get("name").asString()).put("dtype", "F32");
            info.set("shape", tensor.get("shape"));
            info.putArray("data_offsets").add(data.size()).add(data.size() + values.length);
            data.writeBytes(values);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
        Files.write(folder.resolve("model.safetensors"), file);
    }

    private String tokenizer() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("version", "1.0");
        root.putArray("added_tokens");
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE").putArray("merges");
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < document.get("config").get("vocab_size").asInt(); id++) {
            vocabulary.put(String.valueOf((char) ('a' + id)), id);
        }
        return root.toString();
    }

    /** Return mean + scale * k / 128 for each place, k in -128 .. 127 by a hash of the tensor's name and the place. */
    private static byte[] values(JsonNode tensor) {
        int hash = 0x811c9dc5;
        for (byte b : tensor.get("name").asString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x01000193;
        }
        int count = 1;
        for (JsonNode extent : tensor.get("shape")) {
            count *= extent.asInt();
        }
        float mean = tensor.get("mean").floatValue();
        float scale = tensor.get("scale").floatValue();
        ByteBuffer values = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int x = hash + i * 0x9e3779b9;
            x ^= x >>> 16;
            x *= 0x85ebca6b;
            x ^= x >>> 13;
            x *= 0xc2b2ae35;
            x ^= x >>> 16;
            values.putFloat(mean + scale * (((x >>> 24) - 128) / 128f));
        }
        return values.array();
    }
}
