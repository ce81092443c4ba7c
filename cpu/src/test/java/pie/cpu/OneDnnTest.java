package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.cpu.Harness.Slice;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** The default model on oneDNN: near the reference, and each row the same bits alone and among others. */
class OneDnnTest {
    @BeforeEach
    void onlyWhereThereIsOne() {
        assumeTrue(System.getProperty("os.name").startsWith("Linux")
                && System.getProperty("os.arch").equals("amd64")
                && Processor.current().has("avx2")
                && System.getenv("ONEDNN_MAX_CPU_ISA") == null); // says less than the flags do
    }

    @ParameterizedTest
    @CsvSource({"auto, 0.05", "bf16, 0.6"})
    void rowsAreRightAndDoNotDependOnTheirMates(String weights, float tolerance) {
        List<String> progress = new ArrayList<>();
        DriverConfig config = new DriverConfig(
                "auto",
                16,
                64,
                0,
                64,
                16,
                java.util.Map.of("kernels", "onednn", "weights", weights, "warmup", "false"));
        try (var model = Models.open(TestModel.path());
                var driver = new CpuDriverProvider().open(model, config, progress::add)) {
            if (weights.equals("f16")
                    || Processor.current().has("avx512_bf16")
                    || Processor.current().amx()) {
                assertThat(driver.capabilities().kernels())
                        .as(progress.toString())
                        .startsWith("oneDNN brg");
            }
            Harness h = new Harness(driver);
            Reference.Item item =
                    Reference.read("smollm2-135m-instruct.json").items().getFirst();
            int[] prompt = item.promptIds();
            float[][] whole = h.pass(List.of(Slice.probed(h.context(), prompt)))
                    .getFirst()
                    .logits();
            float[] last = whole[prompt.length - 1];
            for (int i = 0; i < 10; i++) {
                assertThat(last[item.topIds()[i]]).isCloseTo(item.topLogits()[i], Offset.offset(tolerance));
            }
            var alone = h.context();
            float[] row = {};
            for (int token : prompt) {
                row = h.pass(List.of(Slice.probed(alone, new int[] {token})))
                        .getFirst()
                        .logits()[0];
            }
            assertThat(row).isEqualTo(last);
            int[] other = new int[40];
            Arrays.setAll(other, i -> 300 + i);
            var mates = h.pass(List.of(Slice.drawn(h.context(), other), Slice.probed(h.context(), prompt)));
            assertThat(mates.get(1).logits()[prompt.length - 1]).isEqualTo(last);
        }
    }
}
