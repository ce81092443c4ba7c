package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pie.cpu.Harness.Slice;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/**
 * Compare Gemma 3 270M with llama.cpp on the same file. It runs only where the model is on disk: {@code ./pie model pull gemma3-270m}.
 *
 * <p>llama.cpp rounds activations to 8 bits where weights are quantised; here they stay f32.
 */
class RealGemmaTest {
    private static final float ALLOWED = 1.0f;

    private static final Reference REFERENCE = Reference.read("gemma3-270m.json");
    private static ModelFiles model;
    private static Driver driver;

    @BeforeAll
    static void open() {
        Path file = TestModel.folder().resolve("gemma3-270m/gemma-3-270m-q4_k_m.gguf");
        Assumptions.assumeTrue(Files.isRegularFile(file), "no " + file + ": run ./pie model pull gemma3-270m");
        model = Models.open(file);
        DriverConfig config = new DriverConfig("auto", 16, 256, 512, 256, 16, java.util.Map.of());
        driver = new CpuDriverProvider().open(model, Harness.options(config), line -> {});
    }

    @AfterAll
    static void close() {
        if (model != null) {
            driver.close();
            model.close();
        }
    }

    @Test
    void textsBecomeTheSameTokens() {
        for (Reference.Item item : REFERENCE.items()) {
            int[] ids = model.tokenizer().encode(item.prompt(), true);
            assertThat(model.config().addBos()).isTrue();
            assertThat(item.promptIds()).startsWith(model.config().bosId());
            assertThat(ids)
                    .as(item.prompt())
                    .isEqualTo(java.util.Arrays.copyOfRange(item.promptIds(), 1, item.promptIds().length));
        }
    }

    @Test
    void logitsAndGreedyTokensAgree() {
        Harness h = new Harness(driver);
        for (Reference.Item item : REFERENCE.items()) {
            Harness.Context context = h.context();
            float[][] rows = h.pass(List.of(Slice.probed(context, item.promptIds())))
                    .getFirst()
                    .logits();
            float[] last = rows[rows.length - 1];
            for (int i = 0; i < item.topIds().length; i++) {
                assertThat(last[item.topIds()[i]])
                        .as("logit %d of '%s'", item.topIds()[i], item.prompt())
                        .isCloseTo(item.topLogits()[i], Offset.offset(ALLOWED));
            }
            List<Integer> tokens = new ArrayList<>(List.of(item.greedyIds()[0]));
            for (int i = 1; i < item.greedyIds().length && item.gaps()[i] > ALLOWED; i++) {
                tokens.add(h.pass(List.of(Slice.drawn(context, new int[] {tokens.getLast()})))
                        .getFirst()
                        .token());
                assertThat(tokens.getLast())
                        .as("'%s', token %d", item.prompt(), i)
                        .isEqualTo(item.greedyIds()[i]);
            }
            h.release(context);
        }
    }
}
