package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.TinyModel;

/** State what each kind of fault does to those in the step, to the others, and to what comes next. Steps are turned by hand. */
final class FaultTableTest {
    private static final int PAGE = 8;
    private static final int RUNS = 5;

    private final AtomicLong now = new AtomicLong(1);
    private final List<SimulatedEngine> engines = new ArrayList<>();
    private final ProcessId process = ProcessId.random();

    private SimulatedEngine engine(String faults, EngineConfig config, int pages) {
        DriverConfig driver = new DriverConfig("auto", PAGE, pages, 0, 64, 16, Map.of());
        HashDriver hash = HashDriver.inline(driver, TinyModel.VOCAB, TinyModel.CONTEXT, 1);
        Driver device = faults.isEmpty() ? hash : new FaultyDriver(hash, FaultPlan.parse(faults));
        SimulatedEngine engine =
                new SimulatedEngine(TinyModel.loaded(), device, config, now::get, 7, Optional.empty(), Runnable::run);
        engines.add(engine);
        done(engine, engine.open(process, OwnerId.LOCAL, Budget.UNLIMITED, 3, OptionalDouble.empty()));
        return engine;
    }

    private SimulatedEngine engine(String faults) {
        return engine(faults, EngineConfig.DEFAULT.withPipelineDepth(1), 64);
    }

    @AfterEach
    void nothingIsLeft() {
        for (SimulatedEngine engine : engines) {
            engine.store().checkIntegrity();
            CompletableFuture<Void> closing = engine.closeProcess(process);
            turn(engine);
            assertThat(closing).isDone();
            assertThat(engine.store().pool().held()).isZero();
            assertThat(engine.store().pool().pinned()).isZero();
            engine.end();
        }
    }

    private void turn(SimulatedEngine engine) {
        for (int i = 0; i < 2000; i++) {
            now.addAndGet(1_000_000);
            engine.turn(now.get());
        }
    }

    private <T> T done(SimulatedEngine engine, CompletableFuture<T> future) {
        for (int i = 0; i < 20_000 && !future.isDone(); i++) {
            now.addAndGet(1_000_000);
            engine.turn(now.get());
        }
        assertThat(future).isDone();
        return future.join();
    }

    private List<CompletableFuture<GenerationStep>> runs(SimulatedEngine engine, int tokens) {
        List<ContextHandle> contexts = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            ContextHandle context = done(engine, engine.create(process, false));
            context.append(IntStream.range(i, i + 12).toArray());
            done(engine, context.execute(PassSpec.FLUSH));
            contexts.add(context);
        }
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (ContextHandle context : contexts) {
            runs.add(context.generate(new PlanSpec(
                            SamplerChain.ARGMAX, tokens, new int[0], List.of(), null, OptionalLong.of(5), List.of()))
                    .collect());
        }
        turn(engine);
        return runs;
    }

    private static ErrorCode code(CompletableFuture<?> future) {
        try {
            future.join();
            return null;
        } catch (CompletionException e) {
            return ((PieException) e.getCause()).code();
        }
    }

    private List<List<Integer>> expected(int tokens) {
        return runs(engine(""), tokens).stream()
                .map(run -> IntStream.of(run.join().tokens()).boxed().toList())
                .toList();
    }

    /** Run with faults from step 6 on, which is the first that all generations are in. */
    private Map<ErrorCode, Integer> failures(SimulatedEngine engine) {
        List<List<Integer>> expected = expected(10);
        Map<ErrorCode, Integer> failures = new HashMap<>();
        List<CompletableFuture<GenerationStep>> runs = runs(engine, 10);
        for (int i = 0; i < RUNS; i++) {
            ErrorCode code = code(runs.get(i));
            if (code == null) {
                assertThat(IntStream.of(runs.get(i).join().tokens()).boxed().toList())
                        .isEqualTo(expected.get(i));
            } else {
                failures.merge(code, 1, Integer::sum);
            }
        }
        return failures;
    }

    @Test
    void aRowOfNoNumberFailsItsOwnPassAlone() {
        assertThat(failures(engine("nan@7"))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, 1));
    }

    @Test
    void aDrawOfATokenThatDoesNotExistFailsItsOwnPassAlone() {
        assertThat(failures(engine("malformed@7"))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, 1));
    }

    @Test
    void aStepThatFailsForAnyOtherReasonFailsAllThatAreInIt() {
        assertThat(failures(engine("fail@7"))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, RUNS));
    }

    @Test
    void aStepWithoutMemoryIsRepeatedInTwoPartsAndNobodySeesIt() {
        SimulatedEngine engine = engine("memory@7");
        assertThat(failures(engine)).isEmpty();
        assertThat(engine.stats().stepFailures()).isEqualTo(1);
    }

    @Test
    void aStepThatCannotBeLaunchedIsRepeatedInTwoPartsAndNobodySeesIt() {
        SimulatedEngine engine = engine("throw@7,throw@11");
        assertThat(failures(engine)).isEmpty();
        assertThat(engine.stats().stepFailures()).isEqualTo(2);
    }

    @Test
    void aPartThatFailsAgainFailsThoseThatAreInItAlone() {
        assertThat(failures(engine("memory@7,memory@8"))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, 3));
        assertThat(failures(engine("memory@7,throw@9"))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, 2));
    }

    @Test
    void theSameHoldsWithTwoStepsInFlight() {
        EngineConfig deep = EngineConfig.DEFAULT.withPipelineDepth(2);
        for (int step = 6; step < 12; step++) {
            SimulatedEngine engine = engine("memory@" + step, deep, 64);
            assertThat(failures(engine)).as("memory short at step %d", step).isEmpty();
            assertThat(failures(engine("throw@" + step + ",memory@" + (step + 1), deep, 64))
                            .keySet())
                    .isSubsetOf(ErrorCode.DRIVER_FAILURE);
        }
    }

    @Test
    void aStepThatNeverEndsIsGivenUpAndTheNextOneServes() {
        EngineConfig config = new EngineConfig(true, 4096, 1024, 512, Duration.ofMillis(50), Duration.ofMillis(200))
                .withPipelineDepth(1);
        assertThat(failures(engine("hang@7", config, 64))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, RUNS));
        assertThat(failures(engine("late@7", config, 64))).isEqualTo(Map.of(ErrorCode.DRIVER_FAILURE, RUNS));
    }

    @Test
    void aResultThatComesTwiceCountsOnce() {
        assertThat(failures(engine("twice@7,twice@8"))).isEmpty();
    }

    @Test
    void theLossOfTheDeviceEndsAll() {
        assertThat(failures(engine("lose@7"))).isEqualTo(Map.of(ErrorCode.DEVICE_LOST, RUNS));
    }

    @Test
    void aForkWhoseCopyFailsComputesThePageAgain() {
        SimulatedEngine engine = engine("copy=1");
        SimulatedEngine sound = engine("");
        List<int[]> tokens = new ArrayList<>();
        for (SimulatedEngine each : List.of(engine, sound)) {
            ContextHandle context = done(each, each.create(process, false));
            context.append(IntStream.range(0, 13).toArray());
            done(each, context.execute(PassSpec.FLUSH));
            ContextHandle fork = done(each, context.fork());
            tokens.add(done(
                            each,
                            fork.generate(new PlanSpec(
                                            SamplerChain.ARGMAX,
                                            9,
                                            new int[0],
                                            List.of(),
                                            null,
                                            OptionalLong.of(5),
                                            List.of()))
                                    .collect())
                    .tokens());
        }
        assertThat(tokens.getFirst()).isEqualTo(tokens.getLast());
        assertThat(engine.stats().tokensRecomputed()).isEqualTo(5);
        assertThat(sound.stats().tokensRecomputed()).isZero();
    }

    @Test
    void aPageThatCannotBeCopiedOutOrBackIsComputedAgain() {
        for (String faults : List.of("", "copy=0.4,seed=2", "copy=1")) {
            SimulatedEngine engine = engine(faults, EngineConfig.DEFAULT.withHostPages(64), 12);
            ContextHandle first = done(engine, engine.create(process, true));
            first.append(IntStream.range(0, 60).toArray());
            done(engine, first.execute(PassSpec.FLUSH));
            done(engine, first.suspend());
            ContextHandle second = done(engine, engine.create(process, true));
            second.append(IntStream.range(0, 80).map(i -> i % 50 + 3).toArray());
            done(engine, second.execute(PassSpec.FLUSH));
            second.close();
            int[] drawn = done(
                            engine,
                            first.generate(new PlanSpec(
                                            SamplerChain.ARGMAX,
                                            9,
                                            new int[0],
                                            List.of(),
                                            null,
                                            OptionalLong.of(5),
                                            List.of()))
                                    .collect())
                    .tokens();
            assertThat(drawn).as("with faults %s", faults).isEqualTo(alone());
            long again = engine.stats().tokensRecomputed();
            HostStats host = engine.stats().host();
            assertThat(host.pages()).isEqualTo(64);
            assertThat(host.copiedBack()).isLessThanOrEqualTo(host.copiedOut());
            if (faults.isEmpty()) {
                assertThat(host.copiedBack()).isPositive();
                assertThat(host.held()).isEqualTo(host.copiedOut());
                assertThat(host.copiesFailed()).isZero();
                assertThat(again)
                        .as("the rows of the last page, which nobody keeps")
                        .isLessThanOrEqualTo(PAGE);
            } else if (faults.equals("copy=1")) {
                assertThat(again).isGreaterThan(PAGE);
                assertThat(host.copiesFailed()).isPositive();
                assertThat(host.copiedOut() + host.held()).isZero();
            }
        }
    }

    private int[] alone() {
        SimulatedEngine roomy = engine("");
        ContextHandle context = done(roomy, roomy.create(process, true));
        context.append(IntStream.range(0, 60).toArray());
        return done(
                        roomy,
                        context.generate(new PlanSpec(
                                        SamplerChain.ARGMAX,
                                        9,
                                        new int[0],
                                        List.of(),
                                        null,
                                        OptionalLong.of(5),
                                        List.of()))
                                .collect())
                .tokens();
    }
}
