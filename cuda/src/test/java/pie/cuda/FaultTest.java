package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cpu.Harness;
import pie.cpu.Harness.Slice;
import pie.cuda.api.JCudaApi;
import pie.cuda.emulator.Emulator;
import pie.cuda.emulator.Emulator.Scope;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.ModelFiles;
import pie.engine.testing.DriverBench;
import pie.engine.testing.TestAdapters;

/** What the driver makes of a device that fails, injected through the emulator. */
@ExtendWith(Emulator.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultTest {
    private static final DriverConfig CONFIG = new DriverConfig("auto", 16, 32, 0, 64, 8, Map.of());
    private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};

    private static final CudaOptions OPTIONS = CudaOptions.of(Map.of("compiler", "driver"));

    private ModelFiles model;

    @BeforeAll
    void model() {
        model = TinyModels.open("tiny-llama");
    }

    @AfterEach
    void reset() {
        Emulator.reset();
    }

    private Driver open() {
        return new CudaDriverProvider().open(model, CONFIG, line -> {});
    }

    private static float[] last(Harness h) {
        float[][] logits =
                h.pass(List.of(Slice.probed(h.context(), PROMPT))).getFirst().logits();
        return logits[logits.length - 1];
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 15})
    void memoryThatRunsOutWhileOpeningIsSaidAndGivenBack(int nth) {
        Emulator.inject("cuMemAlloc_v2", nth, 2, Scope.ONCE);
        assertThatThrownBy(this::open).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.DRIVER_FAILURE);
            assertThat(e.message()).containsIgnoringCase("out of memory");
        });
        assertThat(Emulator.count("allocations")).as("allocations left").isZero();
        Driver driver = open();
        driver.close();
        assertThat(Emulator.count("allocations")).isZero();
    }

    @Test
    void aRefusedLaunchFailsItsStepAndTheNextServes() {
        Driver driver = open();
        Harness h = new Harness(driver);
        float[] before = last(h);
        Emulator.inject("cuLaunchKernelEx", 3, 701, Scope.ONCE);
        assertThatThrownBy(() -> last(h)).hasMessageContaining("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES");
        assertThat(last(h)).as("the next step").isEqualTo(before);
        driver.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {700, 716, 719})
    void aKernelThatFailsBreaksTheContextAndTheDeviceCanBeOpenedAgain(int status) {
        Driver driver = open();
        Harness h = new Harness(driver);
        float[] before = last(h);
        Emulator.inject("kernel", 5, status, Scope.ONCE);
        assertThatThrownBy(() -> last(h)).hasMessageContaining("CUDA_ERROR_");
        assertThatThrownBy(() -> last(h)).as("until it is opened again").hasMessageContaining("CUDA_ERROR_");
        driver.close();
        driver.close();
        Driver again = open();
        assertThat(again.capabilities()).isEqualTo(driver.capabilities());
        assertThat(last(new Harness(again))).isEqualTo(before);
        again.close();
        assertThat(Emulator.findings()).first().asString().contains("injected in ");
    }

    @Test
    void adaptersWorkAfterALossAsBefore() {
        LoraAdapter adapter = TestAdapters.random(Optional.of(model.config()), 5, 4, 1);
        Driver driver = open();
        DriverBench bench = new DriverBench(driver);
        bench.load(3, adapter);
        float[] before = adapted(bench);
        Emulator.inject("kernel", 5, 700, Scope.ONCE);
        assertThatThrownBy(() -> adapted(bench)).hasMessageContaining("CUDA_ERROR_");
        driver.close();
        Driver again = open();
        DriverBench second = new DriverBench(again);
        second.load(3, adapter);
        assertThat(adapted(second)).isEqualTo(before);
        again.close();
        assertThat(Emulator.findings()).first().asString().contains("injected in ");
    }

    private static float[] adapted(DriverBench bench) {
        var batch = bench.batch(List.of(DriverBench.Request.of(PROMPT, 0, new int[] {0})));
        batch.adapter[0] = 3;
        bench.probeLogits(batch, PROMPT.length - 1);
        return DriverBench.logits(bench.run(batch), 0);
    }

    @Test
    void aLostDeviceFailsEveryStep() {
        Driver driver = open();
        Harness h = new Harness(driver);
        last(h);
        Emulator.inject("cuLaunchKernel", 1, 46, Scope.DEVICE);
        assertThatThrownBy(() -> last(h)).hasMessageContaining("CUDA_ERROR_DEVICE_UNAVAILABLE");
        assertThatThrownBy(() -> last(h)).hasMessageContaining("CUDA_ERROR_DEVICE_UNAVAILABLE");
        driver.close();
    }

    @Test
    void aStepThatHangsAnswersWhenTheDeviceDoes() throws Exception {
        Driver driver = open();
        Harness h = new Harness(driver);
        last(h);
        Emulator.inject("hang", 2, 0, Scope.ONCE);
        CompletableFuture<float[]> step = CompletableFuture.supplyAsync(() -> last(h));
        assertThatThrownBy(() -> step.get(200, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        Emulator.release(1, 702);
        assertThatThrownBy(() -> step.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("CUDA_ERROR_LAUNCH_TIMEOUT");
        driver.close();
        Emulator.findings();
    }

    @Test
    void aDeviceThatNeverAnswersKeepsNobodyWaiting() throws Exception {
        CudaLimits limits = CudaLimits.of(model.config(), CONFIG);
        CudaDriver driver = new CudaDriver(
                () -> CudaMachine.open(JCudaApi.open(0), model, limits, NumberFormat.F16, OPTIONS, line -> {}),
                Duration.ofMillis(200));
        Harness h = new Harness(driver);
        last(h);
        Emulator.inject("hang", 2, 0, Scope.ONCE);
        CompletableFuture<float[]> step = CompletableFuture.supplyAsync(() -> last(h));
        assertThatThrownBy(() -> step.get(200, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        driver.close();
        assertThatThrownBy(() -> step.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("did not end its work");
        Emulator.release(1, 0);
        Emulator.findings();
    }

    @Test
    void aCallThatFailsWhileLaunchesAreRecordedFailsItsStepAlone() {
        Driver driver = open();
        Harness h = new Harness(driver);
        Harness.Context context = h.context();
        int first = token(h, context, PROMPT);
        Emulator.inject("cuLaunchKernelEx", 4, 2, Scope.ONCE);
        assertThatThrownBy(() -> token(h, h.context(), 7)).hasMessageContaining("CUDA_ERROR_OUT_OF_MEMORY");
        assertThat(token(h, h.context(), PROMPT)).isEqualTo(first);
        assertThat(token(h, h.context(), 7)).isBetween(0, model.config().vocab() - 1);
        driver.close();
    }

    private static int token(Harness h, Harness.Context context, int... tokens) {
        return h.pass(List.of(Slice.drawn(context, tokens))).getFirst().token();
    }

    @Test
    void anErrorThatNobodyKnowsIsReportedByItsNumber() {
        Driver driver = open();
        Harness h = new Harness(driver);
        Emulator.inject("cuLaunchKernel", 1, 12345, Scope.ONCE);
        assertThatThrownBy(() -> last(h)).hasMessageContaining("12345");
        last(h);
        driver.close();
    }

    @Test
    void theOrderOfBlocksAndTheLastBitOfApproximationsDecideNothing() {
        float[][] outcomes = new float[4][];
        for (int i = 0; i < 4; i++) {
            Emulator.set("order", new long[] {0, 1, 77, 78}[i]);
            Emulator.set("threads", i % 2 + 1);
            Driver driver = open();
            outcomes[i] = last(new Harness(driver));
            driver.close();
            assertThat(outcomes[i]).isEqualTo(outcomes[0]);
        }
        Emulator.set("approximate", 99);
        Driver driver = open();
        float[] other = last(new Harness(driver));
        driver.close();
        for (int i = 0; i < other.length; i++) {
            assertThat(other[i]).isCloseTo(outcomes[0][i], org.assertj.core.data.Offset.offset(0.02f));
        }
    }
}
