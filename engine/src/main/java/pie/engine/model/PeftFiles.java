package pie.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Read and write LoRA adapters as Hugging Face's PEFT keeps them: a directory with {@code adapter_config.json} and
 * {@code adapter_model.safetensors}, whose tensors are called {@code base_model.model.<matrix>.lora_A.weight} and {@code lora_B.weight}.
 */
final class PeftFiles {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PREFIX = "base_model.model.";
    private static final int MOST_RANK = 1 << 16;
    private static final Pattern NAME =
            Pattern.compile("(?:base_model\\.model\\.)?(.+)\\.lora_([AB])(?:\\.default)?\\.weight");
    /** Keys that change what is computed, where they are not false, null, empty or {@code "none"}. */
    private static final List<String> OTHER_KINDS = List.of(
            "use_dora",
            "modules_to_save",
            "fan_in_fan_out",
            "lora_bias",
            "bias",
            "trainable_token_indices",
            "use_qalora");

    private final Path file;
    private final JsonFile config;
    private final ModelConfig model;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private PeftFiles(Path directory, MemorySegment settings, ModelConfig model) {
        file = directory.resolve(WEIGHTS);
        config = JsonFile.parse(directory.resolve(CONFIG), settings.toArray(ValueLayout.JAVA_BYTE));
        this.model = model;
    }

    static List<LoraPair> read(AdapterFolder folder, Arena arena, ModelConfig model, LongConsumer admit)
            throws IOException {
        MemorySegment settings = folder.read(CONFIG, arena).orElseThrow(() -> AdapterFiles.missing(folder.path()));
        MemorySegment weights = folder.read(WEIGHTS, arena).orElseThrow(() -> AdapterFiles.missing(folder.path()));
        return new PeftFiles(folder.path(), settings, model).read(weights, admit);
    }

    private List<LoraPair> read(MemorySegment weights, LongConsumer admit) {
        checkKind();
        SafetensorsReader.read(file, weights, tensors);
        admit.accept(AdapterFiles.numbers(tensors.values()));
        List<LoraPair> pairs = new ArrayList<>();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Matcher name = NAME.matcher(entry.getKey());
            if (!name.matches()) {
                throw ModelErrors.unsupportedTensor(file, entry.getKey(), "is neither lora_A nor lora_B of a matrix");
            }
            boolean first = name.group(2).equals("A");
            Tensor other = tensors.get(swapped(entry.getKey(), name.start(2), first ? 'B' : 'A'));
            if (other == null) {
                throw ModelErrors.tensor(file, entry.getKey(), "has no lora_" + (first ? 'B' : 'A') + " beside it");
            }
            if (first) {
                add(pairs, name.group(1), entry.getValue(), other);
            }
        }
        return pairs;
    }

    private static String swapped(String name, int at, char part) {
        return name.substring(0, at) + part + name.substring(at + 1);
    }

    private void checkKind() {
        String kind = config.text("peft_type").orElse("LORA");
        if (!kind.equals("LORA")) {
            throw config.unsupported("peft_type", "is " + kind + "; pie takes LORA");
        }
        for (String key : OTHER_KINDS) {
            JsonNode value = config.find(key).orElse(null);
            boolean plain = value == null
                    || value.isBoolean() && !value.asBoolean()
                    || value.isContainer() && value.isEmpty()
                    || value.isString() && value.asString().equals("none");
            if (!plain) {
                throw config.unsupported(key, "is set, which asks for more than plain LoRA");
            }
        }
    }

    private void add(List<LoraPair> pairs, String matrix, Tensor a, Tensor b) {
        if (b.columns() != a.rows()) {
            throw ModelErrors.tensor(
                    file, matrix, "has a lora_A of rank " + a.rows() + " and a lora_B of rank " + b.columns());
        }
        int rank = a.rows();
        int expected = (int) pattern("rank_pattern", matrix, config.size("r", 1, MOST_RANK));
        if (rank != expected) {
            throw ModelErrors.tensor(file, matrix, "has rank " + rank + ", by " + CONFIG + " it is " + expected);
        }
        double alpha = pattern("alpha_pattern", matrix, config.real("lora_alpha", 8));
        float scale = (float) (alpha / (config.truth("use_rslora", false) ? Math.sqrt(rank) : rank));
        String tensor = HfTensorNames.toGguf(matrix + ".weight", Map.of());
        float[] down = LoraPair.floats(a);
        float[] up = LoraPair.floats(b);
        for (Part part : parts(tensor == null ? matrix : tensor, b.rows())) {
            float[] own = part.rows == b.rows()
                    ? up
                    : java.util.Arrays.copyOfRange(up, part.first * rank, (part.first + part.rows) * rank);
            pairs.add(new LoraPair(part.tensor, rank, a.columns(), part.rows, scale, down, own));
        }
    }

    private record Part(String tensor, int first, int rows) {}

    /** Return the matrices that one of the file stands for: more than one where a family keeps several in one. */
    private List<Part> parts(String tensor, int rows) {
        String at = tensor.replaceFirst("[^.]+_proj\\.weight$", "").replaceFirst("^model\\.layers\\.", "blk.");
        int queries = model.heads() * model.headDim();
        int keys = model.kvHeads() * model.headDim();
        if (tensor.endsWith(".self_attn.qkv_proj.weight") && rows == queries + 2 * keys) {
            String layer = at.replace("self_attn.", "");
            return List.of(
                    new Part(layer + "attn_q.weight", 0, queries),
                    new Part(layer + "attn_k.weight", queries, keys),
                    new Part(layer + "attn_v.weight", queries + keys, keys));
        }
        if (tensor.endsWith(".mlp.gate_up_proj.weight") && rows == 2 * model.ffn()) {
            String layer = at.replace("mlp.", "");
            return List.of(
                    new Part(layer + "ffn_gate.weight", 0, model.ffn()),
                    new Part(layer + "ffn_up.weight", model.ffn(), model.ffn()));
        }
        return List.of(new Part(tensor, 0, rows));
    }

    /** Return the number that a pattern of the configuration gives for a matrix: its key is the end of the name, as in PEFT. */
    private double pattern(String key, String matrix, double usual) {
        JsonNode patterns = config.find(key).orElse(null);
        if (patterns != null) {
            for (Map.Entry<String, JsonNode> entry : patterns.properties()) {
                boolean fits = matrix.equals(entry.getKey()) || matrix.endsWith("." + entry.getKey());
                if (fits && entry.getValue().isNumber()) {
                    return entry.getValue().asDouble();
                }
                if (!fits && !entry.getKey().matches("[A-Za-z0-9_.]+")) {
                    throw config.unsupported(key, "has the key " + entry.getKey() + "; pie takes ends of names");
                }
            }
        }
        return usual;
    }

    static void write(AdapterFolder folder, List<LoraPair> pairs) throws IOException {
        ObjectNode settings = JsonMapper.shared().createObjectNode();
        settings.put("peft_type", "LORA").put("bias", "none");
        settings.put("r", pairs.isEmpty() ? 1 : pairs.getFirst().rank()).put("lora_alpha", 1);
        ObjectNode ranks = settings.putObject("rank_pattern");
        ObjectNode alphas = settings.putObject("alpha_pattern");
        ObjectNode header = JsonMapper.shared().createObjectNode();
        long offset = 0;
        for (LoraPair pair : pairs) {
            String matrix = HfTensorNames.matrix(pair.tensor());
            ranks.put(matrix, pair.rank());
            alphas.put(matrix, (double) pair.scale() * pair.rank());
            settings.withArray("target_modules").add(matrix);
            offset = entry(header, PREFIX + matrix + ".lora_A.weight", pair.rank(), pair.inputs(), offset);
            offset = entry(header, PREFIX + matrix + ".lora_B.weight", pair.outputs(), pair.rank(), offset);
        }
        try (WritableByteChannel out = folder.write(CONFIG)) {
            put(out, ByteBuffer.wrap(JsonMapper.shared().writeValueAsBytes(settings)));
        }
        try (WritableByteChannel out = folder.write(WEIGHTS)) {
            byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
            put(out, buffer(8 + json.length).putLong(json.length).put(json).flip());
            for (LoraPair pair : pairs) {
                for (float[] numbers : List.of(pair.a(), pair.b())) {
                    ByteBuffer bytes = buffer(4 * numbers.length);
                    bytes.asFloatBuffer().put(numbers);
                    put(out, bytes);
                }
            }
        }
    }

    private static long entry(ObjectNode header, String name, int rows, int columns, long offset) {
        ObjectNode info = header.putObject(name).put("dtype", "F32");
        info.putArray("shape").add(rows).add(columns);
        long end = offset + 4L * rows * columns;
        info.putArray("data_offsets").add(offset).add(end);
        return end;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
