package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.driver.Driver;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.LoraPair;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.DriverBench;
import pie.engine.testing.DriverBench.Request;
import pie.engine.testing.TestAdapters;

/** An adapter beside the weights gives what the same weights give with the adapter added to them. */
final class MergedAdapterTest {
    private static final Map<String, String> NAMES = Map.of(
            "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj",
            "attn_v", "self_attn.v_proj",
            "attn_output", "self_attn.o_proj",
            "ffn_gate", "mlp.gate_proj",
            "ffn_up", "mlp.up_proj",
            "ffn_down", "mlp.down_proj");

    @TempDir
    Path folder;

    @Test
    void anAdapterEqualsWeightsThatItWasAddedTo() throws IOException, URISyntaxException {
        Path plain = TinyModelsTest.directory("tiny-llama");
        int[] tokens = {5, 17, 3, 40, 41, 8, 22, 60, 1, 0, 33};
        int[] pages = {0, 1};
        try (ModelFiles model = Models.open(plain);
                Driver driver = new CpuDriverProvider().open(model, Harness.config(), line -> {})) {
            LoraAdapter adapter = TestAdapters.random(Optional.of(model.config()), 9, 3, 0.7f);
            DriverBench bench = new DriverBench(driver);
            bench.load(1, adapter);
            var batch = bench.batch(List.of(Request.of(tokens, 0, pages)));
            batch.adapter[0] = 1;
            bench.probeLogits(batch, tokens.length - 1);
            float[] adapted = DriverBench.logits(bench.run(batch), 0);
            float[] base = bench.lastRow(Request.of(tokens, 0, pages));
            merge(plain, adapter);
            try (ModelFiles merged = Models.open(folder);
                    Driver other = new CpuDriverProvider().open(merged, Harness.config(), line -> {})) {
                float[] expected = new DriverBench(other).lastRow(Request.of(tokens, 0, pages));
                float moved = 0;
                for (int i = 0; i < expected.length; i++) {
                    float tolerance = Harness.rounds(driver) ? 0.3f : 2e-3f;
                    assertThat(adapted[i]).as("logit %d", i).isCloseTo(expected[i], Offset.offset(tolerance));
                    moved = Math.max(moved, Math.abs(expected[i] - base[i]));
                }
                assertThat(moved).as("what the adapter changes").isGreaterThan(0.3f);
            }
        }
    }

    /** Write the model with scale · B A added to each target. */
    private void merge(Path plain, LoraAdapter adapter) throws IOException {
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(plain.resolve(file), folder.resolve(file));
        }
        Path weights = folder.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
        for (LoraPair t : adapter.targets()) {
            String[] words = t.tensor().split("\\.");
            String tensor = "model.layers." + words[1] + "." + NAMES.get(words[2]) + ".weight";
            Matcher at = Pattern.compile("\"" + Pattern.quote(tensor) + "\"[^}]*\"data_offsets\"\\s*:\\s*\\[(\\d+)")
                    .matcher(json);
            assertThat(at.find()).as(tensor).isTrue();
            int from = 8 + header + Integer.parseInt(at.group(1));
            for (int n = 0; n < t.outputs(); n++) {
                for (int k = 0; k < t.inputs(); k++) {
                    float sum = 0;
                    for (int r = 0; r < t.rank(); r++) {
                        sum += t.b()[n * t.rank() + r] * t.a()[r * t.inputs() + k];
                    }
                    int place = from + 4 * (n * t.inputs() + k);
                    bytes.putFloat(place, bytes.getFloat(place) + t.scale() * sum);
                }
            }
        }
        Files.write(weights, bytes.array());
    }
}
