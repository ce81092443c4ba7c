package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cpu.Harness.Slice;
import pie.cpu.kernel.AttentionKernels;
import pie.cpu.kernel.InstructionSet;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.TestModel;

/** The default model on every kind of matmul that this processor has: near the reference, and each row the same bits alone and among others. */
class KernelChoiceTest {
    @ParameterizedTest
    @CsvSource({
        "vector, auto, int16, 0.02",
        "vector, f16, int16, 0.05",
        "vnni, auto, int16, 0.06",
        "vnni, auto, int8, 1",
        "avx-vnni, auto, int16, 0.06",
        "avx-vnni, auto, int8, 1",
        "avx2, auto, int16, 0.06",
        "avx2, auto, int8, 1",
        "onednn, auto, int16, 0.05",
        "onednn, bf16, int16, 0.6"
    })
    void rowsAreRightAndDoNotDependOnTheirMates(String kernels, String weights, String activations, float tolerance) {
        assumeTrue(
                switch (kernels) {
                    case "onednn" -> oneDnn();
                    case "vector" -> true;
                    default -> set(kernels).supported(Processor.current()::has);
                });
        List<String> progress = new ArrayList<>();
        DriverConfig config = new DriverConfig(
                "auto",
                16,
                64,
                0,
                64,
                16,
                Map.of("kernels", kernels, "weights", weights, "activations", activations, "warmup", "false"));
        try (var model = Models.open(TestModel.path());
                var driver = new CpuDriverProvider().open(model, config, progress::add)) {
            String used = driver.capabilities().kernels();
            switch (kernels) {
                case "vector" -> assertThat(used).startsWith("vector");
                case "vnni", "avx-vnni", "avx2" ->
                    assertThat(used).startsWith(set(kernels).label() + " " + activations.toUpperCase(Locale.ROOT));
                default -> {
                    if (Processor.current().has("avx512_bf16")
                            || Processor.current().amx()) {
                        assertThat(used).as(progress.toString()).startsWith("oneDNN brg");
                    }
                }
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

    @Test
    void attentionOfEitherKindGivesTheSameBits() {
        assumeTrue(AttentionKernels.ASSEMBLED.supported(Processor.current()::has));
        float[][] assembled = logits("assembled", "vector", "attention AVX-512 assembled");
        assertThat(logits("vector", "vector", "-bit vectors")).isDeepEqualTo(assembled);
        assertThat(logits("auto", "vector", "attention AVX-512 assembled")).isDeepEqualTo(assembled);
    }

    private static float[][] logits(String attention, String kernels, String said) {
        DriverConfig config = new DriverConfig(
                "auto", 16, 64, 0, 64, 16, Map.of("attention", attention, "kernels", kernels, "warmup", "false"));
        try (var model = Models.open(TestModel.path());
                var driver = new CpuDriverProvider().open(model, config, line -> {})) {
            assertThat(driver.capabilities().kernels()).contains(said);
            Harness h = new Harness(driver);
            int[] prompt = Reference.read("smollm2-135m-instruct.json")
                    .items()
                    .getFirst()
                    .promptIds();
            return h.pass(List.of(Slice.probed(h.context(), prompt))).getFirst().logits();
        }
    }

    @Test
    void attentionThatDoesNotFitSaysWhatItNeeds() {
        DriverConfig config = new DriverConfig("auto", 8, 64, 0, 64, 16, Map.of("attention", "assembled"));
        try (var model = Models.open(TestModel.path())) {
            assertThatThrownBy(() -> new CpuDriverProvider().open(model, config, line -> {}))
                    .hasMessageContaining("attention = assembled")
                    .hasMessageContaining("pages of 16 slots");
        }
    }

    private static boolean oneDnn() {
        return System.getProperty("os.name").startsWith("Linux")
                && System.getProperty("os.arch").equals("amd64")
                && Processor.current().has("avx2")
                && System.getenv("ONEDNN_MAX_CPU_ISA") == null; // says less than the flags do
    }

    private static InstructionSet set(String kernels) {
        return CpuOptions.of(Map.of("kernels", kernels)).kernels().set().orElseThrow();
    }

    @Test
    void instructionsForIntegersGiveTheSameBits() {
        List<float[][]> logits = new ArrayList<>();
        for (String kernels : List.of("vnni", "avx-vnni", "avx2")) {
            if (set(kernels).supported(Processor.current()::has)) {
                logits.add(logits("auto", kernels, set(kernels).label()));
            }
        }
        assumeTrue(logits.size() > 1, "a processor with two of them");
        assertThat(logits).allSatisfy(l -> assertThat(l).isDeepEqualTo(logits.getFirst()));
    }

    @Test
    void autoTakesTheBestThatTheProcessorHas() {
        assumeFalse(Processor.current().amx());
        String said = InstructionSet.best(Processor.current()::has)
                .map(InstructionSet::label)
                .orElse("vector");
        logits("auto", "auto", said + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vnni", "avx-vnni", "avx2"})
    void askingForWhatTheProcessorLacksSaysSo(String kernels) {
        InstructionSet set = set(kernels);
        assumeFalse(set.supported(Processor.current()::has));
        DriverConfig config = DriverConfig.DEFAULT.withOption("kernels", kernels);
        try (var model = Models.open(TestModel.path())) {
            assertThatThrownBy(() -> new CpuDriverProvider().open(model, config, line -> {}))
                    .hasMessageContaining("kernels = " + kernels)
                    .hasMessageContaining(set.label());
        }
    }
}
