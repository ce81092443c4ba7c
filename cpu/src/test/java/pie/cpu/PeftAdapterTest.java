package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.NamedAdapter;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.model.TensorType;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.GgufWriter;
import pie.engine.testing.TinyModel;

/** An adapter in PEFT's form gives the tokens of a model whose weights it was added to, beside others in one step. */
final class PeftAdapterTest {
    private static final int[] PROMPT = {5, 17, 3, 40, 41, 8, 22, 60, 1, 0, 33, 9, 14, 27, 2, 50, 6, 11};
    private static final int RANK = 4;
    private static final double ALPHA = 6;

    @TempDir
    Path folder;

    private record Matrix(String name, int outputs, int inputs) {}

    private static List<Matrix> matrices(ModelConfig m) {
        List<Matrix> all = new ArrayList<>();
        int queries = m.heads() * m.headDim();
        int keys = m.kvHeads() * m.headDim();
        for (int i = 0; i < m.layers(); i++) {
            String at = "model.layers." + i + ".";
            all.add(new Matrix(at + "self_attn.q_proj", queries, m.hidden()));
            all.add(new Matrix(at + "self_attn.k_proj", keys, m.hidden()));
            all.add(new Matrix(at + "self_attn.v_proj", keys, m.hidden()));
            all.add(new Matrix(at + "self_attn.o_proj", m.hidden(), queries));
            all.add(new Matrix(at + "mlp.gate_proj", m.ffn(), m.hidden()));
            all.add(new Matrix(at + "mlp.up_proj", m.ffn(), m.hidden()));
            all.add(new Matrix(at + "mlp.down_proj", m.hidden(), m.ffn()));
        }
        return all;
    }

    private static float[] numbers(String name, long seed, int n, double size) {
        Random random = new Random(name.hashCode() * 31L + seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextGaussian() * size);
        }
        return values;
    }

    private static float[] a(Matrix m, long seed) {
        return numbers(m.name + "A", seed, RANK * m.inputs, 1 / Math.sqrt(m.inputs));
    }

    private static float[] b(Matrix m, long seed) {
        return numbers(m.name + "B", seed, RANK * m.outputs, 0.4 / Math.sqrt(RANK));
    }

    /** Write what PEFT's save_pretrained writes. */
    private Path peft(ModelConfig model, long seed, String more) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("adapter-" + seed + more.length()));
        Files.writeString(
                directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": " + RANK + ", \"lora_alpha\": " + ALPHA
                        + ", \"target_modules\": [\"q_proj\"], \"bias\": \"none\", \"use_dora\": false" + more + "}");
        StringBuilder header = new StringBuilder("{");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Matrix m : matrices(model)) {
            add(header, data, m.name + ".lora_A.weight", RANK, m.inputs, a(m, seed));
            add(header, data, m.name + ".lora_B.weight", m.outputs, RANK, b(m, seed));
        }
        byte[] json = header.append("\"__metadata__\":{\"format\":\"pt\"}}")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        Files.write(
                directory.resolve("adapter_model.safetensors"),
                ByteBuffer.allocate(8 + json.length + data.size())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put(data.toByteArray())
                        .array());
        return directory;
    }

    private static void add(
            StringBuilder header, ByteArrayOutputStream data, String name, int rows, int columns, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        header.append("\"base_model.model.")
                .append(name)
                .append("\":{\"dtype\":\"F32\",\"shape\":[")
                .append(rows);
        header.append(',')
                .append(columns)
                .append("],\"data_offsets\":[")
                .append(data.size())
                .append(',');
        data.writeBytes(bytes.array());
        header.append(data.size()).append("]},");
    }

    /** Write the model with the adapter added to its weights. */
    private Path merged(Path plain, ModelConfig model, long seed) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("merged-" + seed));
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(plain.resolve(file), directory.resolve(file));
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(plain.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
        for (Matrix m : matrices(model)) {
            int info = json.indexOf("\"" + m.name + ".weight\"");
            int from = json.indexOf('[', json.indexOf("data_offsets", info)) + 1;
            int at = 8
                    + header
                    + Integer.parseInt(
                            json.substring(from, json.indexOf(',', from)).trim());
            float[] a = a(m, seed);
            float[] b = b(m, seed);
            for (int n = 0; n < m.outputs * m.inputs; n++) {
                double sum = 0;
                for (int r = 0; r < RANK; r++) {
                    sum += b[n / m.inputs * RANK + r] * a[r * m.inputs + n % m.inputs];
                }
                bytes.putFloat(at + 4 * n, (float) (bytes.getFloat(at + 4 * n) + ALPHA / RANK * sum));
            }
        }
        Files.write(directory.resolve("model.safetensors"), bytes.array());
        return directory;
    }

    private static final class Served implements AutoCloseable {
        final ModelFiles files;
        final Engine engine;
        final ProcessId process = ProcessId.random();

        Served(Path model) {
            files = Models.open(model);
            engine = Engine.start(
                    new LoadedModel("tiny", files.config(), TinyModel.loaded().tokenizer(), Optional.empty()),
                    new CpuDriverProvider().open(files, Harness.config(), line -> {}),
                    EngineConfig.DEFAULT);
            engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 1);
        }

        CompletableFuture<GenerationStep> run(Optional<Adapter> adapter) {
            ContextHandle context = engine.createContext(process, true);
            context.append(PROMPT);
            return context.generate(new PlanSpec(
                                    SamplerChain.ARGMAX,
                                    8,
                                    new int[0],
                                    List.of(),
                                    null,
                                    OptionalLong.empty(),
                                    List.of())
                            .withAdapter(adapter))
                    .collect();
        }

        @Override
        public void close() {
            engine.closeProcess(process).join();
            engine.close();
            files.close();
        }
    }

    @Test
    void tokensAreThoseOfMergedWeightsBesideOthers() throws IOException, URISyntaxException {
        Path plain = TinyModelsTest.directory("tiny-llama");
        try (Served served = new Served(plain)) {
            ModelConfig model = served.files.config();
            List<Optional<Adapter>> adapters = new ArrayList<>();
            for (long seed : new long[] {1, 2}) {
                NamedAdapter named = served.engine.adapters().create("local", "adapter " + seed);
                named.load(AdapterFolder.of(peft(model, seed, "")));
                adapters.add(named.current());
            }
            adapters.add(Optional.empty());
            List<CompletableFuture<GenerationStep>> runs =
                    adapters.stream().map(served::run).toList();
            List<int[]> together = runs.stream().map(run -> run.join().tokens()).toList();
            for (int i = 0; i < 3; i++) {
                assertThat(served.run(adapters.get(i)).join().tokens())
                        .as("alone")
                        .isEqualTo(together.get(i));
                Path weights = i < 2 ? merged(plain, model, i + 1) : plain;
                try (Served other = new Served(weights)) {
                    int same =
                            Arrays.mismatch(other.run(Optional.empty()).join().tokens(), together.get(i));
                    // where two tokens are as good as equal, rounding of half precision decides
                    assertThat(same == -1
                                    || served.engine.capabilities().kernels().contains("BF16") && same > 2)
                            .as("adapter " + i + " differs at " + same)
                            .isTrue();
                }
            }
            assertThat(together.get(0)).isNotEqualTo(together.get(1)).isNotEqualTo(together.get(2));
        }
    }

    @Test
    void whatIsSavedIsLoadedAgain() throws IOException, URISyntaxException {
        try (Served served = new Served(TinyModelsTest.directory("tiny-llama"))) {
            NamedAdapter one = served.engine.adapters().create("local", "one");
            one.load(AdapterFolder.of(peft(served.files.config(), 3, "")));
            one.save(AdapterFolder.of(folder.resolve("saved")));
            NamedAdapter two = served.engine.adapters().create("local", "two");
            two.load(AdapterFolder.of(folder.resolve("saved")));
            assertThat(two.version()).isEqualTo(1);
            assertThat(two.current()
                            .orElseThrow()
                            .id()
                            .sameContent(one.current().orElseThrow().id()))
                    .isTrue();
            assertThat(served.engine.adapters().open("somebody else", "one")).isEmpty();
            assertThat(one.fork("local", "three")
                            .current()
                            .orElseThrow()
                            .id()
                            .sameContent(one.current().orElseThrow().id()))
                    .isTrue();
            assertThatThrownBy(() -> served.engine.adapters().create("local", "one"))
                    .hasMessageContaining("exists");
            one.destroy();
            assertThat(served.engine.adapters().open("local", "one")).isEmpty();
        }
    }

    @Test
    void aGgufFileIsTheSameAdapter() throws IOException, URISyntaxException {
        try (Served served = new Served(TinyModelsTest.directory("tiny-llama"))) {
            ModelConfig model = served.files.config();
            NamedAdapter directory = served.engine.adapters().create("local", "directory");
            directory.load(AdapterFolder.of(peft(model, 7, "")));
            GgufWriter writer = gguf("adapter").put("adapter.type", "lora").put("adapter.lora.alpha", (float) ALPHA);
            for (Matrix m : matrices(model)) {
                String name = "blk." + m.name.split("\\.")[2] + '.' + PARTS.get(m.name.split("\\.")[4]) + ".weight";
                writer.tensor(name + ".lora_a", TensorType.F32, RANK, m.inputs, bytes(a(m, 7)));
                writer.tensor(name + ".lora_b", TensorType.F32, m.outputs, RANK, bytes(rotated(model, name, b(m, 7))));
            }
            NamedAdapter file = served.engine.adapters().create("local", "file");
            file.load(AdapterFolder.of(writer.write(folder.resolve("lora.gguf"))));
            assertThat(file.current()
                            .orElseThrow()
                            .id()
                            .sameContent(directory.current().orElseThrow().id()))
                    .isTrue();
            Path other = gguf("model").write(folder.resolve("model.gguf"));
            assertThatThrownBy(() -> file.load(AdapterFolder.of(other))).hasMessageContaining("general.type");
            Path half = writer.removeTensor("blk.0.attn_v.weight.lora_b").write(folder.resolve("half.gguf"));
            assertThatThrownBy(() -> file.load(AdapterFolder.of(half)))
                    .hasMessageContaining("blk.0.attn_v.weight.lora_b");
        }
    }

    private static final Map<String, String> PARTS = Map.of(
            "q_proj", "attn_q",
            "k_proj", "attn_k",
            "v_proj", "attn_v",
            "o_proj", "attn_output",
            "gate_proj", "ffn_gate",
            "up_proj", "ffn_up",
            "down_proj", "ffn_down");

    private static GgufWriter gguf(String type) {
        return new GgufWriter().put("general.architecture", "llama").put("general.type", type);
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Bring rows of queries and keys from two halves of a head to pairs, as llama.cpp's converter does for this family. */
    private static float[] rotated(ModelConfig model, String name, float[] b) {
        if (!name.contains("attn_q") && !name.contains("attn_k")) {
            return b;
        }
        int half = model.headDim() / 2;
        float[] pairs = new float[b.length];
        for (int row = 0; row < b.length / RANK; row++) {
            int head = row / model.headDim();
            int at = row % model.headDim();
            int to = head * model.headDim() + 2 * (at % half) + at / half;
            System.arraycopy(b, row * RANK, pairs, to * RANK, RANK);
        }
        return pairs;
    }

    @Test
    void whatDoesNotFitIsRefusedByName() throws IOException, URISyntaxException {
        try (Served served = new Served(TinyModelsTest.directory("tiny-llama"))) {
            ModelConfig model = served.files.config();
            NamedAdapter adapter = served.engine.adapters().create("local", "a");
            assertThatThrownBy(() -> adapter.load(AdapterFolder.of(folder)))
                    .hasMessageContaining("adapter_config.json");
            assertThatThrownBy(() ->
                            adapter.load(AdapterFolder.of(peft(model, 4, ", \"modules_to_save\": [\"lm_head\"]"))))
                    .hasMessageContaining("modules_to_save");
            assertThatThrownBy(
                            () -> adapter.load(AdapterFolder.of(peft(model, 6, ", \"rank_pattern\": {\"q_proj\": 9}"))))
                    .hasMessageContaining("q_proj")
                    .hasMessageContaining("rank 4");
            Path cut = peft(model, 5, "");
            Path weights = cut.resolve("adapter_model.safetensors");
            Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 9000));
            assertThatThrownBy(() -> adapter.load(AdapterFolder.of(cut)))
                    .hasMessageContaining("adapter_model.safetensors");
            assertThat(adapter.current()).isEmpty();
        }
    }
}
