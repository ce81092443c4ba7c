package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import pie.cpu.kernel.InstructionSet;
import pie.engine.testing.TestModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every kernel of the default model is measured, and told with its share of what the machine does at most. */
final class MicroBenchTest {
    @TempDir
    Path folder;

    @Test
    void tellsTheShareOfEachKernel() {
        JsonNode told = run();
        double memory = told.path("limits").path("memory_bytes_per_s").asDouble();
        assertThat(memory).isPositive();
        assertThat(told.path("limits").path("f32_flop_per_s").asDouble()).isPositive();
        List<String> names = new ArrayList<>();
        for (JsonNode kernel : told.path("results")) {
            names.add(kernel.path("kernel").asString() + ", "
                    + kernel.path("rows").asInt());
            assertThat(kernel.path("us_a_layer").path("median").asDouble()).isPositive();
            assertThat(kernel.path("flop_per_s").asDouble()).isPositive();
            assertThat(kernel.path("share_of_memory").asDouble())
                    .isCloseTo(kernel.path("bytes_per_s").asDouble() / memory, within(1e-9));
        }
        assertThat(names)
                .containsExactly(
                        "qkv 576 x 960, 1",
                        "output 576 x 576, 1",
                        "gate, up 576 x 3072, 1",
                        "down 1536 x 576, 1",
                        "head 576 x 49152, 1",
                        "qkv 576 x 960, 40",
                        "output 576 x 576, 40",
                        "gate, up 576 x 3072, 40",
                        "down 1536 x 576, 40",
                        "attention, decode, context 40, 2",
                        "attention, prefill 20, 20");
    }

    @Test
    void bytesAndFlopAreThoseOfAllLayers() {
        JsonNode qkv = run().path("results").get(0);
        double seconds = 30 * qkv.path("us_a_layer").path("median").asDouble() / 1e6;
        assertThat(qkv.path("flop_per_s").asDouble() * seconds).isCloseTo(2.0 * 576 * 960 * 30, within(1.0));
        // a packed block of 32 four-bit weights takes 20 bytes; oneDNN may fill halves up
        assertThat(qkv.path("bytes_per_s").asDouble() * seconds / 30)
                .isBetween(576 * 960 * 20 / 32.0 - 1, 576 * 960 * 4.0);
    }

    private JsonNode run() {
        Path file = folder.resolve("micro.json");
        int code = new CommandLine(new Bench())
                .execute(
                        "micro",
                        "--model=" + TestModel.path(),
                        "--threads=2",
                        "--rows=1,40",
                        "--streams=2",
                        "--context=40",
                        "--prefill=20",
                        "--rounds=1",
                        "--millis=1",
                        "--array-mib=8",
                        "--json=" + file);
        assertThat(code).isZero();
        return JsonMapper.shared().readTree(file.toFile());
    }

    @Test
    void aMatmulNamesItsInstructions() {
        assertThat(IntegerProducts.set("AVX-512 VNNI INT16 x Q4")).contains(InstructionSet.VNNI);
        assertThat(IntegerProducts.set("AVX2 INT8 x Q8")).contains(InstructionSet.AVX2);
        assertThat(IntegerProducts.set("vector 512 F16")).isEmpty();
    }
}
