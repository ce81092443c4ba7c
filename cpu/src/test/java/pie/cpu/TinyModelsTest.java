package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.cpu.Harness.Slice;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;

/**
 * Compare tiny random checkpoints of both families, in safetensors, with numpy, for all page sizes and kinds of kernels.
 *
 * <p>Both sides keep keys and values in f16. Sums in another order put about one of them in two thousand on the other side of a
 * rounding, which moves a logit by up to 0.003 each.
 */
class TinyModelsTest {
    /** Most that a logit may differ where matmuls round to bf16: weights alone make 0.205. */
    private static final float ROUNDED = 0.3f;

    @ParameterizedTest
    @CsvSource({
        "tiny-llama, 8, auto, auto, 0.006",
        "tiny-llama, 16, auto, auto, 0.006",
        "tiny-llama, 64, f32, vector, 0.006",
        "tiny-llama, 16, f16, vector, 0.05",
        "tiny-qwen2, 8, auto, auto, 0.006",
        "tiny-qwen2, 16, auto, auto, 0.006",
        "tiny-qwen2, 32, f32, vector, 0.006",
        "tiny-qwen2, 16, bf16, vector, 0.006",
        "tiny-llama, 16, f32, onednn, 0.006",
        "tiny-llama, 16, bf16, onednn, 0.3",
        "tiny-qwen2, 16, f16, onednn, 0.05",
    })
    void tokensAndLogitsAgree(String name, int pageSize, String weights, String kernels, float tolerance)
            throws Exception {
        DriverConfig config = new DriverConfig(
                "auto",
                pageSize,
                64,
                0,
                64,
                16,
                java.util.Map.of("weights", weights, "kernels", kernels, "warmup", "false"));
        try (var model = Models.open(directory(name));
                var driver = new CpuDriverProvider().open(model, config, line -> {})) {
            Harness h = new Harness(driver);
            float allowed = Harness.rounds(driver) ? Math.max(tolerance, ROUNDED) : tolerance;
            for (Reference.Item item : Reference.read(name + "/reference.json").items()) {
                var context = h.context();
                float[][] rows = h.pass(List.of(Slice.probed(context, item.promptIds())))
                        .getFirst()
                        .logits();
                float[] last = rows[rows.length - 1];
                for (int i = 0; i < item.topIds().length; i++) {
                    assertThat(last[item.topIds()[i]])
                            .as(item.prompt())
                            .isCloseTo(item.topLogits()[i], Offset.offset(allowed));
                }
                int sure = sure(item, 2 * allowed);
                assertThat(continuation(h, context, item, sure))
                        .as(item.prompt())
                        .isEqualTo(expected(item, sure));
                h.release(context);
            }
        }
    }

    private static List<Integer> continuation(Harness h, Harness.Context context, Reference.Item item, int sure) {
        List<Integer> tokens = new ArrayList<>(List.of(item.greedyIds()[0]));
        for (int i = 1; i < sure; i++) {
            tokens.add(h.pass(List.of(Slice.drawn(context, new int[] {tokens.getLast()})))
                    .getFirst()
                    .token());
        }
        return tokens;
    }

    private static List<Integer> expected(Reference.Item item, int sure) {
        return java.util.Arrays.stream(item.greedyIds()).limit(sure).boxed().toList();
    }

    /** Return the tokens before the first near tie, at least one. */
    private static int sure(Reference.Item item, float tie) {
        for (int i = 1; i < item.gaps().length; i++) {
            if (item.gaps()[i] < Math.max(0.1f, tie)) {
                return i;
            }
        }
        return item.gaps().length;
    }

    static Path directory(String name) throws URISyntaxException {
        return Path.of(TinyModelsTest.class.getResource("/reference/" + name).toURI());
    }
}
