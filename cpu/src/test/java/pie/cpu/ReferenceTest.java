package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pie.cpu.Harness.Outcome;
import pie.cpu.Harness.Slice;
import pie.engine.driver.Driver;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** Compare the default model with an independent implementation in f32 on the same file. */
class ReferenceTest {
    /** Most that a logit may differ: in f32, where activations become integers of 15 bits, and where matmuls round to bf16. */
    private static final float EXACT = 0.02f;

    private static final float INTEGERS = 0.06f;
    private static final float ROUNDED = 0.6f;
    /** Where the reference's first two choices are closer than this, either is right; or where each may have moved past the other. */
    private static final float TIE = 0.05f;

    private static final Reference REFERENCE = Reference.read("smollm2-135m-instruct.json");
    private static ModelFiles model;
    private static Driver driver;
    private static float tolerance;

    @BeforeAll
    static void open() {
        model = Models.open(TestModel.path());
        driver = new CpuDriverProvider().open(model, Harness.config().withPages(256), line -> {});
        boolean integers = driver.capabilities().kernels().contains("INT16");
        tolerance = Harness.rounds(driver) ? ROUNDED : integers ? INTEGERS : EXACT;
    }

    @AfterAll
    static void close() {
        driver.close();
        model.close();
    }

    @Test
    void theTenHighestLogitsAgree() {
        Harness h = new Harness(driver);
        for (Reference.Item item : REFERENCE.items()) {
            var context = h.context();
            float[][] logits = h.pass(List.of(Slice.probed(context, item.promptIds())))
                    .getFirst()
                    .logits();
            float[] last = logits[logits.length - 1];
            for (int i = 0; i < item.topIds().length; i++) {
                assertThat(last[item.topIds()[i]])
                        .as("logit %d of '%s'", item.topIds()[i], item.prompt())
                        .isCloseTo(item.topLogits()[i], org.assertj.core.data.Offset.offset(tolerance));
            }
            h.release(context);
        }
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
        assertThat(REFERENCE.items()).hasSizeGreaterThanOrEqualTo(20);
        for (int i = 0; i < next.size(); i++) {
            agree(REFERENCE.items().get(i), tokens.get(i));
        }
    }

    private static void agree(Reference.Item item, List<Integer> tokens) {
        for (int i = 0; i < item.greedyIds().length; i++) {
            if (tokens.get(i) != item.greedyIds()[i]) {
                assertThat(item.gaps()[i])
                        .as("'%s': token %d is %d, not %d", item.prompt(), i, tokens.get(i), item.greedyIds()[i])
                        .isLessThan(Math.max(TIE, 2 * tolerance));
                return; // after a tie the texts part
            }
        }
    }
}
