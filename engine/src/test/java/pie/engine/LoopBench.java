package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.GenerationStep;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.TinyModel;

/** Measure what a decode step of 32 collected generations costs beside the driver. Run its main by hand. */
final class LoopBench {
    private LoopBench() {}

    public static void main(String[] args) {
        DriverConfig config = new DriverConfig("auto", 16, 8192, 0, 512, 64, Map.of());
        try (Engine engine = Engine.start(
                TinyModel.loaded(),
                new HashDriver(config, TinyModel.VOCAB, TinyModel.CONTEXT, 1),
                EngineConfig.DEFAULT)) {
            ProcessId process = ProcessId.random();
            engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 1);
            for (int round = 0; round < 5; round++) {
                EngineStats before = engine.stats();
                long bytes = loopBytes();
                List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
                List<ContextHandle> contexts = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    ContextHandle context = engine.createContext(process, true);
                    int shift = i;
                    context.append(
                            IntStream.range(0, 50).map(t -> (t + shift) % 300).toArray());
                    contexts.add(context);
                    runs.add(context.generate(EngineFaultTest.plan(1500)).collect());
                }
                runs.forEach(CompletableFuture::join);
                EngineStats after = engine.stats();
                long steps = after.steps() - before.steps();
                long tokens = after.tokensGenerated() - before.tokensGenerated();
                System.out.printf(
                        "steps %d  tokens %d  plan+settle %.1f us a step  driver round trip %.1f us  %.1f bytes a token%n",
                        steps,
                        tokens,
                        (after.planNanos() - before.planNanos()) / 1e3 / steps,
                        (after.driverNanos() - before.driverNanos()) / 1e3 / steps,
                        (double) (loopBytes() - bytes) / tokens);
                contexts.forEach(ContextHandle::close);
            }
        }
    }

    private static long loopBytes() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long id = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("engine-loop"))
                .mapToLong(Thread::threadId)
                .findFirst()
                .orElseThrow();
        return threads.getThreadAllocatedBytes(id);
    }
}
