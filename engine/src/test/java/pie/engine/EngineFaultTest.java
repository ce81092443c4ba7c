package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.driver.FaultyDriver;
import pie.engine.driver.FaultyDriver.Fault;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

@Timeout(60)
final class EngineFaultTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private static final int[] PROMPT = IntStream.range(0, 70).toArray();

    @Test
    void aFaultFailsItsBatchAndTheContextIsAsBefore() {
        for (Fault fault : new Fault[] {Fault.FAIL, Fault.NAN, Fault.MALFORMED}) {
            Engine engine = audit.engine(
                    new FaultyDriver(LeakAudit.hash(64, 16, 64, Map.of()), 3, 0.1, fault), EngineConfig.DEFAULT);
            ProcessId process = audit.process(engine);
            Engine sound = audit.engine(64, 16, 64);
            ContextHandle whole = sound.createContext(audit.process(sound), true);
            whole.append(PROMPT);
            int[] expected = whole.generate(plan(40)).collect().join().tokens();
            ContextHandle context = engine.createContext(process, true);
            context.append(PROMPT);
            int failures = 0;
            int[] sequence = new int[0];
            while (sequence.length < 110) {
                int written = context.written();
                Throwable failure = catchThrowable(() -> context.generate(plan(110 - context.tokens().length))
                        .collect()
                        .join());
                if (failure != null) {
                    failures++;
                    assertThat(code(failure)).isEqualTo(ErrorCode.DRIVER_FAILURE);
                    assertThat(context.written()).isGreaterThanOrEqualTo(written);
                }
                engine.checkIntegrity();
                sequence = context.tokens();
            }
            assertThat(failures).as("failures of kind %s", fault).isPositive();
            assertThat(IntStream.of(sequence).skip(70).toArray()).isEqualTo(expected);
        }
    }

    @Test
    void crowdedContextsSurviveFaults() throws Exception {
        Engine sound = audit.engine(512, 16, 128);
        ProcessId alone = audit.process(sound);
        for (int seed = 0; seed < 6; seed++) {
            Fault[] faults = {Fault.THROW, Fault.FAIL, Fault.NAN, Fault.MALFORMED};
            Engine engine = audit.engine(
                    new FaultyDriver(LeakAudit.hash(22, 16, 64, Map.of()), seed, 0.15, faults), EngineConfig.DEFAULT);
            ProcessId process = audit.process(engine);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<int[]>> runs = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    int shift = i % 3;
                    runs.add(threads.submit(() -> persist(engine, process, shift)));
                }
                for (int i = 0; i < 10; i++) {
                    assertThat(runs.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(persist(sound, alone, i % 3));
                }
            }
            engine.checkIntegrity();
            assertThat(engine.stats().stepFailures()).isPositive();
        }
    }

    /** Go on after every failure until a fork of the context has 130 tokens. */
    private static int[] persist(Engine engine, ProcessId process, int shift) {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 70).map(t -> t < 40 ? t : t + shift).toArray());
        while (context.tokens().length < 100) {
            attempt(context.generate(plan(100 - context.tokens().length)).collect());
        }
        ContextHandle copy = null;
        while (copy == null) {
            CompletableFuture<ContextHandle> fork = context.fork();
            copy = attempt(fork) ? fork.join() : null;
        }
        context.close();
        while (copy.tokens().length < 130) {
            attempt(copy.generate(plan(130 - copy.tokens().length)).collect());
        }
        int[] tokens = copy.tokens();
        copy.close();
        return tokens;
    }

    private static boolean attempt(CompletableFuture<?> operation) {
        Throwable failure = catchThrowable(operation::join);
        if (failure != null) {
            assertThat(code(failure)).isEqualTo(ErrorCode.DRIVER_FAILURE);
        }
        return failure == null;
    }

    @Test
    void aStepThatTakesTooLongIsGivenUp() {
        EngineConfig config = new EngineConfig(true, 64, 8, 64, Duration.ofMillis(50), Duration.ofMillis(20));
        Engine engine =
                audit.engine(new FaultyDriver(LeakAudit.hash(64, 16, 64, Map.of()), 1, 0.2, Fault.HANG), config);
        ContextHandle context = engine.createContext(audit.process(engine), true);
        context.append(PROMPT);
        int failures = 0;
        while (context.tokens().length < 110) {
            try {
                context.generate(plan(110 - context.tokens().length)).collect().join();
            } catch (RuntimeException e) {
                assertThat(code(e)).isEqualTo(ErrorCode.DRIVER_FAILURE);
                failures++;
            }
        }
        assertThat(failures).isPositive();
    }

    @Test
    void aLostDeviceEndsAll() {
        Engine engine = audit.engine(
                new FaultyDriver(LeakAudit.hash(64, 16, 64, Map.of()), 1, 1, Fault.LOSE), EngineConfig.DEFAULT);
        ContextHandle context = engine.createContext(audit.process(engine), true);
        context.append(PROMPT);
        assertThat(code(catchThrowable(() -> context.execute(PassSpec.FLUSH).join())))
                .isEqualTo(ErrorCode.DEVICE_LOST);
        assertThat(code(catchThrowable(() -> context.fork().join()))).isEqualTo(ErrorCode.DEVICE_LOST);
    }

    @Test
    void closingTheEngineFailsWhatIsLeft() throws Exception {
        Engine engine = audit.engine(LeakAudit.hash(64, 16, 64, Map.of("delay_micros", "2000")), EngineConfig.DEFAULT);
        ContextHandle context = engine.createContext(audit.process(engine), true);
        context.append(PROMPT);
        CompletableFuture<GenerationStep> run = context.generate(plan(500)).collect();
        CompletableFuture<ContextHandle> queued = context.fork();
        engine.close();
        assertThat(code(catchThrowable(() -> run.get(5, TimeUnit.SECONDS)))).isEqualTo(ErrorCode.CANCELLED);
        assertThat(code(catchThrowable(() -> queued.get(5, TimeUnit.SECONDS)))).isEqualTo(ErrorCode.CANCELLED);
        assertThat(code(catchThrowable(() -> context.fork().get(5, TimeUnit.SECONDS))))
                .isEqualTo(ErrorCode.CANCELLED);
    }

    @Test
    void aFullQueueRefusesCallers() {
        EngineConfig config = new EngineConfig(true, 4, 8, 64, Duration.ofMillis(50), Duration.ofSeconds(5));
        Engine engine = audit.engine(LeakAudit.hash(64, 16, 64, Map.of("delay_micros", "50000")), config);
        ContextHandle context = engine.createContext(audit.process(engine), true);
        context.append(PROMPT);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> blocked = context.execute(PassSpec.FLUSH)
                .thenAccept(r -> gate.orTimeout(20, TimeUnit.SECONDS).join());
        Throwable refusal = null;
        int accepted = -1;
        while (refusal == null) {
            refusal = catchThrowable(() -> context.append(new int[] {1}));
            accepted++;
        }
        gate.complete(null);
        blocked.join();
        assertThat(code(refusal)).isEqualTo(ErrorCode.OVERLOADED);
        context.truncate(0).join();
        assertThat(context.tokens()).as("a refused append leaves nothing").hasSize(PROMPT.length + accepted);
    }

    static ErrorCode code(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof PieException)) {
            cause = cause.getCause();
        }
        assertThat(cause).as("cause of %s", failure).isNotNull();
        return ((PieException) cause).code();
    }

    static PlanSpec plan(int max) {
        return new PlanSpec(SamplerChain.ARGMAX, max, new int[0], List.of(), null, OptionalLong.empty(), List.of());
    }
}
