package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cpu.Harness.Context;
import pie.cpu.Harness.Slice;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelFiles;

/**
 * Compare a tiny random model of every family with llama.cpp (GGUF) and transformers (safetensors), which compute in f32 with keys and
 * values in f32; here those are kept in f16.
 */
class FamilyTest {
    /** llama.cpp looks GELU up in a table of halves. */
    private static final float EXACT = 0.05f;

    private static final float ROUNDED = 0.5f;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama.gguf",
                "qwen2.gguf",
                "qwen3.gguf",
                "qwen3moe.gguf",
                "smollm3.gguf",
                "phi3.gguf",
                "phi3-long.gguf",
                "gemma3.gguf",
                "llama.safetensors",
                "mistral.safetensors",
                "qwen2.safetensors",
                "qwen3.safetensors",
                "qwen3_moe.safetensors",
                "smollm3.safetensors",
                "phi3.safetensors",
                "gemma3_text.safetensors",
            })
    void logitsAndTokensAgree(String name) throws Exception {
        FamilyModel family = FamilyModel.read(name);
        try (ModelFiles model = family.open(folder);
                Driver driver = open(model, family, 16, 2)) {
            float allowed = Harness.rounds(driver) ? ROUNDED : EXACT;
            Harness h = new Harness(driver);
            for (FamilyModel.Item item : family.items()) {
                Context context = h.context();
                float[] last = last(h, List.of(Slice.probed(context, item.prompt())), 0);
                for (int id = 0; id < last.length; id++) {
                    assertThat(last[id]).as("logit %d", id).isCloseTo(item.logits()[id], Offset.offset(allowed));
                }
                int sure = sure(item, 2 * allowed);
                assertThat(continuation(h, context, item, sure))
                        .containsExactly(
                                Arrays.stream(item.greedy()).limit(sure).boxed().toArray(Integer[]::new));
                h.release(context);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mistral.safetensors, 8, 1",
        "mistral.safetensors, 64, 3",
        "gemma3_text.safetensors, 8, 3",
        "gemma3.gguf, 16, 1",
        "qwen3moe.gguf, 16, 3",
        "qwen3_moe.safetensors, 16, 1",
        "phi3-long.gguf, 32, 2",
        "smollm3.gguf, 16, 3",
    })
    void slicesAndBatchMatesChangeNoBit(String name, int pageSize, int threads) throws Exception {
        FamilyModel family = FamilyModel.read(name);
        try (ModelFiles model = family.open(folder);
                Driver driver = open(model, family, pageSize, threads)) {
            Harness h = new Harness(driver);
            int[] prompt = family.items().getLast().prompt();
            int n = prompt.length;
            float[] whole = last(h, List.of(Slice.probed(h.context(), prompt)), 0);
            for (int cut : new int[] {1, 7, 16, n - 1}) {
                Context sliced = h.context();
                h.pass(List.of(Slice.drawn(sliced, Arrays.copyOf(prompt, cut))));
                Slice rest = Slice.probed(sliced, Arrays.copyOfRange(prompt, cut, n));
                Context mate = h.context();
                Slice other = Slice.drawn(mate, Arrays.copyOf(prompt, 20 - cut % 3));
                assertThat(last(h, List.of(other, rest), 1))
                        .as("cut at %d", cut)
                        .isEqualTo(whole);
                h.release(sliced);
                h.release(mate);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"int8, 0.3", "int4, 4"})
    void roundedWeightsStayNear(String weights, float allowed) throws Exception {
        FamilyModel family = FamilyModel.read("qwen3.gguf");
        DriverConfig config =
                new DriverConfig("auto", 16, 64, 256, 64, 16, Map.of("weights", weights)).withOption("warmup", "false");
        try (ModelFiles model = family.open(folder);
                Driver driver = new CpuDriverProvider().open(model, config, line -> {})) {
            assertThat(driver.capabilities().weightDtype()).isEqualTo(weights.equals("int8") ? "q8" : "q4");
            FamilyModel.Item item = family.items().getLast();
            Harness h = new Harness(driver);
            float[] last = last(h, List.of(Slice.probed(h.context(), item.prompt())), 0);
            float most = 0;
            for (int id = 0; id < last.length; id++) {
                most = Math.max(most, Math.abs(last[id] - item.logits()[id]));
            }
            assertThat(most).isBetween(0.01f, allowed);
        }
    }

    private static Driver open(ModelFiles model, FamilyModel family, int pageSize, int threads) {
        DriverConfig config = new DriverConfig(
                "auto", pageSize, 64, family.maxContext(), 64, 16, Map.of("threads", String.valueOf(threads)));
        return new CpuDriverProvider().open(model, Harness.options(config), line -> {});
    }

    private static float[] last(Harness h, List<Slice> slices, int which) {
        float[][] rows = h.pass(slices).get(which).logits();
        return rows[rows.length - 1];
    }

    private static List<Integer> continuation(Harness h, Context context, FamilyModel.Item item, int sure) {
        List<Integer> tokens = new ArrayList<>(List.of(item.greedy()[0]));
        for (int i = 1; i < sure; i++) {
            tokens.add(h.pass(List.of(Slice.drawn(context, new int[] {tokens.getLast()})))
                    .getFirst()
                    .token());
        }
        return tokens;
    }

    /** Return the tokens before the first near tie, at least one. */
    private static int sure(FamilyModel.Item item, float tie) {
        int sure = 1;
        while (sure < item.gaps().length && item.gaps()[sure] > tie) {
            sure++;
        }
        return sure;
    }
}
