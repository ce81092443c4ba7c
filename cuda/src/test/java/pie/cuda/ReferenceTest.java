package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.cpu.Harness;
import pie.cpu.Harness.Outcome;
import pie.cpu.Harness.Slice;
import pie.cpu.Reference;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** Compare the default model with an independent implementation in f32 on the same file. */
@Tag("gpu")
@ExtendWith(Gpu.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReferenceTest {
    /** Most that a logit may differ: weights and activations are rounded to f16. */
    private static final float TOLERANCE = 0.15f;

    private static final Reference REFERENCE = Reference.read("smollm2-135m-instruct.json");
    private ModelFiles model;
    private Driver driver;

    @BeforeAll
    void open() {
        Gpu.requireFast();
        model = Models.open(TestModel.path());
        driver = new CudaDriverProvider().open(model, DriverConfig.DEFAULT.withPages(256), line -> {});
    }

    @AfterAll
    void close() {
        if (driver != null) {
            driver.close();
            model.close();
        }
    }

    @Test
    void theTenHighestLogitsAgree() {
        Harness h = new Harness(driver);
        float worst = 0;
        for (Reference.Item item : REFERENCE.items()) {
            var context = h.context();
            float[][] logits = h.pass(List.of(Slice.probed(context, item.promptIds())))
                    .getFirst()
                    .logits();
            float[] last = logits[logits.length - 1];
            for (int i = 0; i < item.topIds().length; i++) {
                worst = Math.max(worst, Math.abs(last[item.topIds()[i]] - item.topLogits()[i]));
                assertThat(last[item.topIds()[i]])
                        .as("logit %d of '%s'", item.topIds()[i], item.prompt())
                        .isCloseTo(item.topLogits()[i], Offset.offset(TOLERANCE));
            }
            h.release(context);
        }
        System.out.println("largest difference of a logit: " + worst);
    }

    @Test
    void greedyTokensAgreeForAllPromptsInOneBatch() {
        Harness h = new Harness(driver);
        List<Harness.Context> contexts = new ArrayList<>();
        List<int[]> next = new ArrayList<>();
        List<List<Integer>> tokens = new ArrayList<>();
        for (Reference.Item item : REFERENCE.items()) {
            contexts.add(h.context());
            next.add(item.promptIds());
            tokens.add(new ArrayList<>());
        }
        for (int step = 0; step < 32; step++) {
            List<Slice> slices = new ArrayList<>();
            for (int i = 0; i < next.size(); i++) {
                slices.add(Slice.drawn(contexts.get(i), next.get(i)));
            }
            List<Outcome> outcomes = h.pass(slices);
            for (int i = 0; i < next.size(); i++) {
                next.set(i, new int[] {outcomes.get(i).token()});
                tokens.get(i).add(outcomes.get(i).token());
            }
        }
        for (int i = 0; i < next.size(); i++) {
            agree(REFERENCE.items().get(i), tokens.get(i));
        }
    }

    private static void agree(Reference.Item item, List<Integer> tokens) {
        for (int i = 0; i < item.greedyIds().length; i++) {
            if (tokens.get(i) != item.greedyIds()[i]) {
                assertThat(item.gaps()[i])
                        .as("'%s': token %d is %d, not %d", item.prompt(), i, tokens.get(i), item.greedyIds()[i])
                        .isLessThan(2 * TOLERANCE);
                return; // after a tie the texts part
            }
        }
    }
}
