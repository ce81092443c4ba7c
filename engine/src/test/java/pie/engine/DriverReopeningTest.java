package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static pie.engine.EngineFaultTest.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.NamedAdapter;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverFault;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.StepSink;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;
import pie.engine.testing.TinyModel;

@Timeout(120)
final class DriverReopeningTest {
    private static final OwnerId OWNER = new OwnerId("owner");

    /** Pages that were asked for, each time. */
    private final List<Integer> opened = new ArrayList<>();

    private static Driver sound(int pages) {
        return LeakAudit.hash(pages, 16, 64, Map.of());
    }

    private static Engine engine(Driver driver, EngineConfig config, IntFunction<Driver> again) {
        return Engine.start(TinyModel.loaded(), driver, config, Optional.empty(), Optional.of(again));
    }

    private static ProcessId process(Engine engine) {
        ProcessId id = ProcessId.random();
        engine.openProcess(id, OWNER, Budget.UNLIMITED, 1);
        return id;
    }

    private static ContextHandle prompt(Engine engine, ProcessId process) {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 20).toArray());
        return context;
    }

    private static int[] generate(ContextHandle context) {
        return generate(context, Optional.empty());
    }

    private static int[] generate(ContextHandle context, Optional<Adapter> adapter) {
        return context.generate(new PlanSpec(
                                SamplerChain.ARGMAX, 30, new int[0], List.of(), null, OptionalLong.of(5), List.of())
                        .withAdapter(adapter))
                .collect()
                .join()
                .tokens();
    }

    private static int[] alone() {
        try (Engine engine = Engine.start(TinyModel.loaded(), sound(64), EngineConfig.DEFAULT)) {
            return generate(prompt(engine, process(engine)));
        }
    }

    private static void awaitService(Engine engine) {
        await().atMost(Duration.ofSeconds(60)).until(() -> catchThrowable(() -> process(engine)) == null);
    }

    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("engine-loop tiny")
                        || thread.getName().startsWith("driver-reopening tiny"));
    }

    @Test
    void adaptersAreThereAgainOnTheNextDevice() {
        Driver first = new FaultyDriver(sound(64), FaultPlan.parse("lose@40"));
        try (Engine engine = engine(first, EngineConfig.DEFAULT, DriverReopeningTest::sound)) {
            ProcessId before = process(engine);
            NamedAdapter adapter = engine.adapters().create(OWNER.value(), "kept");
            adapter.evolve(1, 1, 1, 1, 0.5);
            int[] adapted = generate(prompt(engine, before), adapter.current());
            assertThat(adapted).isNotEqualTo(alone());
            assertThat(code(catchThrowable(() -> generate(prompt(engine, before)))))
                    .isEqualTo(ErrorCode.DEVICE_LOST);
            awaitService(engine);
            assertThat(engine.adapters().open(OWNER.value(), "kept")).containsSame(adapter);
            ProcessId after = process(engine);
            assertThat(generate(prompt(engine, after), adapter.current())).isEqualTo(adapted);
            assertThat(generate(prompt(engine, after))).isEqualTo(alone());
            assertThat(engine.loop().adapters.loads())
                    .as("once for each device")
                    .isEqualTo(2);
            engine.checkIntegrity();
        }
    }

    @Test
    void aLostDeviceEndsItsProcessesAndServesTheNextWhenItIsBack() {
        IntFunction<Driver> again = pages -> {
            opened.add(pages);
            if (opened.size() == 1) {
                throw new PieException(ErrorCode.NOT_FOUND, "the device is not there yet");
            }
            return sound(pages);
        };
        Driver first = new FaultyDriver(sound(64), FaultPlan.parse("lose@8"));
        try (Engine engine = engine(first, EngineConfig.DEFAULT, again)) {
            engine.limit(OWNER, new Budget(OptionalLong.of(200), Optional.empty(), Optional.empty()));
            ProcessId hit = process(engine);
            ContextHandle gone = prompt(engine, hit);
            ContextHandle idle = prompt(engine, hit);
            assertThat(code(catchThrowable(() -> generate(gone)))).isEqualTo(ErrorCode.DEVICE_LOST);
            assertThat(code(catchThrowable(() -> engine.createContext(hit, true))))
                    .isEqualTo(ErrorCode.DEVICE_LOST);
            awaitService(engine);
            assertThat(opened).containsExactly(64, 64);
            assertThat(code(catchThrowable(() -> engine.createContext(hit, true))))
                    .as("a process of before has ended with the device")
                    .isEqualTo(ErrorCode.DEVICE_LOST);
            assertThat(code(catchThrowable(() -> idle.fork().join())))
                    .as("and so have all its contexts")
                    .isEqualTo(ErrorCode.DEVICE_LOST);
            long before = engine.totals(hit).tokensOut();
            assertThat(before).isPositive();
            engine.closeProcess(hit).join();
            ProcessId second = process(engine);
            assertThat(generate(prompt(engine, second))).isEqualTo(alone());
            assertThat(engine.stats().tokensGenerated()).as("of both devices").isEqualTo(before + 30);
            assertThat(code(catchThrowable(() -> {
                        while (true) {
                            generate(prompt(engine, second));
                        }
                    })))
                    .as("what an owner may use is not forgotten")
                    .isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
            engine.checkIntegrity();
        }
    }

    /** What the pages of the first device held, shared with others or only retained, must not be found on the second. */
    @Test
    void nothingOfTheOldPagesIsFoundAgain() {
        Driver first = new FaultyDriver(sound(64), FaultPlan.parse("lose@40"));
        try (Engine engine = engine(first, EngineConfig.DEFAULT, DriverReopeningTest::sound)) {
            ProcessId earlier = process(engine);
            generate(prompt(engine, earlier));
            engine.closeProcess(earlier).join();
            ProcessId hit = process(engine);
            generateUntilLost(engine, hit);
            awaitService(engine);
            assertThat(engine.stats().pagesRetained()).isZero();
            assertThat(generate(prompt(engine, process(engine)))).isEqualTo(alone());
            engine.checkIntegrity();
        }
    }

    private static void generateUntilLost(Engine engine, ProcessId process) {
        ContextHandle context = prompt(engine, process);
        Throwable failure = null;
        while (failure == null) {
            failure = catchThrowable(() -> generate(context));
        }
        assertThat(code(failure)).isEqualTo(ErrorCode.DEVICE_LOST);
    }

    @Test
    void aDeviceThatAnswersNoMoreIsGivenUpAndOpenedAgain() {
        EngineConfig impatient = new EngineConfig(true, 64, 8, 64, Duration.ofMillis(50), Duration.ofMillis(100));
        Deaf deaf = new Deaf(sound(64), 5);
        try (Engine engine = engine(deaf, impatient, DriverReopeningTest::sound)) {
            generateUntilLostOrFailed(engine, process(engine));
            awaitService(engine);
            assertThat(deaf.closed).isTrue();
            assertThat(generate(prompt(engine, process(engine)))).isEqualTo(alone());
            engine.checkIntegrity();
        }
    }

    private static void generateUntilLostOrFailed(Engine engine, ProcessId process) {
        Throwable failure = catchThrowable(() -> generate(prompt(engine, process)));
        assertThat(code(failure)).as("the step, given up").isEqualTo(ErrorCode.DRIVER_FAILURE);
        failure = catchThrowable(() -> generate(prompt(engine, process)));
        assertThat(code(failure)).as("the device, which does not give it back").isEqualTo(ErrorCode.DEVICE_LOST);
    }

    @Test
    void anotherDeviceIsNotTakenForTheLostOne() {
        IntFunction<Driver> again = pages -> {
            opened.add(pages);
            return sound(opened.size() == 1 ? pages / 2 : pages);
        };
        Driver first = new FaultyDriver(sound(64), FaultPlan.parse("lose@3"));
        try (Engine engine = engine(first, EngineConfig.DEFAULT, again)) {
            generateUntilLost(engine, process(engine));
            awaitService(engine);
            assertThat(opened).hasSize(2);
            assertThat(generate(prompt(engine, process(engine)))).isEqualTo(alone());
        }
    }

    @Test
    void anEngineClosedMeanwhileOpensNothingMore() {
        IntFunction<Driver> never = pages -> {
            opened.add(pages);
            throw new PieException(ErrorCode.NOT_FOUND, "the device is not there");
        };
        Driver first = new FaultyDriver(sound(64), FaultPlan.parse("lose@3"));
        Engine engine = engine(first, EngineConfig.DEFAULT, never);
        generateUntilLost(engine, process(engine));
        assertThat(code(catchThrowable(() -> process(engine)))).isEqualTo(ErrorCode.DEVICE_LOST);
        engine.close();
    }

    /** Never ends a certain step, nor those behind it, whatever it is told. */
    private static final class Deaf implements Driver {
        private final Driver driver;
        private long good;
        volatile boolean closed;

        Deaf(Driver driver, long good) {
            this.driver = driver;
            this.good = good;
        }

        @Override
        public DriverCapabilities capabilities() {
            return driver.capabilities();
        }

        @Override
        public ForwardBatch newBatch() {
            return driver.newBatch();
        }

        @Override
        public void submit(ForwardBatch batch, StepSink sink) {
            if (good-- > 0) {
                driver.submit(batch, sink);
            }
        }

        @Override
        public void copyPages(CopyList list, CopySink sink) {
            sink.failed(list, new DriverFault("the device does not answer", false, null));
        }

        @Override
        public void cancel(long step) {
            // it does not hear that
        }

        @Override
        public DeviceStatus status() {
            return driver.status();
        }

        @Override
        public void close() {
            closed = true;
            driver.close();
        }
    }
}
