package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pie.engine.driver.Driver;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;
import pie.engine.testing.TinyModel;

@Timeout(120)
final class DriverReopeningTest {
    private final FaultPlan faults = FaultPlan.parse("lose@8");
    private final AtomicInteger opened = new AtomicInteger();

    private Driver open() {
        if (opened.incrementAndGet() == 2) {
            throw new PieException(ErrorCode.NOT_FOUND, "the device is not there yet");
        }
        return new FaultyDriver(LeakAudit.hash(64, 16, 64, Map.of()), faults);
    }

    private static CompletableFuture<int[]> generate(Engine engine, ProcessId process) {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 20).toArray());
        return context.generate(new PlanSpec(
                        SamplerChain.ARGMAX, 30, new int[0], List.of(), null, OptionalLong.of(5), List.of()))
                .collect()
                .thenApply(step -> step.tokens());
    }

    @Test
    void aLostDeviceEndsItsProcessesAndIsOpenedAgainForTheNext() {
        Supplier<Driver> opener = this::open;
        try (Engine engine =
                Engine.start(TinyModel.loaded(), open(), EngineConfig.DEFAULT, Optional.empty(), Optional.of(opener))) {
            ProcessId first = ProcessId.random();
            engine.openProcess(first, OwnerId.LOCAL, Budget.UNLIMITED, 1);
            Throwable failure = catchThrowable(() -> generate(engine, first).join());
            assertThat(code(failure)).isEqualTo(ErrorCode.DEVICE_LOST);
            assertThat(code(catchThrowable(() -> engine.createContext(first, true))))
                    .as("as long as a process of before is there")
                    .isEqualTo(ErrorCode.DEVICE_LOST);
            engine.closeProcess(first).join();
            await().atMost(Duration.ofSeconds(60)).until(() -> serves(engine));
            assertThat(opened.get()).isEqualTo(3);
            ProcessId second = ProcessId.random();
            engine.openProcess(second, OwnerId.LOCAL, Budget.UNLIMITED, 1);
            assertThat(generate(engine, second).join()).hasSize(30);
            engine.closeProcess(second).join();
            engine.checkIntegrity();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("engine-loop tiny")
                        || thread.getName().startsWith("driver-reopening tiny"));
    }

    private static boolean serves(Engine engine) {
        ProcessId probe = ProcessId.random();
        if (catchThrowable(() -> engine.openProcess(probe, OwnerId.LOCAL, Budget.UNLIMITED, 1)) != null) {
            return false;
        }
        engine.closeProcess(probe).join();
        return true;
    }

    private static ErrorCode code(Throwable failure) {
        Throwable cause = failure instanceof PieException ? failure : failure.getCause();
        return ((PieException) cause).code();
    }
}
