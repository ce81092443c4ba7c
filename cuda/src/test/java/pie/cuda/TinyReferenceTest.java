package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.cpu.Harness;
import pie.cpu.Harness.Slice;
import pie.cpu.Reference;
import pie.engine.driver.DriverConfig;

/** Compare tiny random checkpoints of both families with numpy, for page sizes and number formats. */
@Tag("gpu")
@ExtendWith(Gpu.class)
final class TinyReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "tiny-llama, 16, f16, 0.05",
        "tiny-llama, 8, f16, 0.05",
        "tiny-qwen2, 16, f16, 0.05",
        "tiny-qwen2, 64, f16, 0.05",
        "tiny-llama, 32, bf16, 0.3",
        "tiny-qwen2, 16, bf16, 0.3",
    })
    void logitsAndTokensAgree(String name, int pageSize, String weights, float tolerance) {
        Gpu.require();
        DriverConfig config = new DriverConfig("auto", pageSize, 64, 0, 64, 16, Map.of("weights", weights));
        try (var model = TinyModels.open(name);
                var driver = new CudaDriverProvider().open(model, config, line -> {})) {
            Harness h = new Harness(driver);
            for (Reference.Item item : Reference.read(name + "/reference.json").items()) {
                var context = h.context();
                float[][] rows = h.pass(List.of(Slice.probed(context, item.promptIds())))
                        .getFirst()
                        .logits();
                float[] last = rows[rows.length - 1];
                for (int i = 0; i < item.topIds().length; i++) {
                    assertThat(last[item.topIds()[i]])
                            .as(item.prompt())
                            .isCloseTo(item.topLogits()[i], Offset.offset(tolerance));
                }
                int token = item.greedyIds()[0];
                for (int i = 1; i < item.gaps().length && item.gaps()[i] > Math.max(0.1f, 2 * tolerance); i++) {
                    token = h.pass(List.of(Slice.drawn(context, new int[] {token})))
                            .getFirst()
                            .token();
                    assertThat(token).as("token %d of %s", i, item.prompt()).isEqualTo(item.greedyIds()[i]);
                }
                h.release(context);
            }
        }
    }
}
