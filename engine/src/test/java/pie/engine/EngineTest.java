package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.HashDriver;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.StepSpec;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.TinyModel;

final class EngineTest {
    private final ProcessId process = ProcessId.random();
    private final Engine engine = start();

    private Engine start() {
        Engine started = Engine.start(
                TinyModel.loaded(),
                new HashDriver(
                        new DriverConfig("auto", 8, 64, 0, 64, 16, java.util.Map.of()), TinyModel.VOCAB, 2048, 1),
                EngineConfig.DEFAULT);
        started.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 5);
        return started;
    }

    @AfterEach
    void audit() {
        engine.checkIntegrity();
        engine.closeProcess(process).join();
        engine.checkIntegrity();
        EngineStats stats = engine.stats();
        assertThat(stats.pagesFree() + stats.pagesRetained()).isEqualTo(stats.pagesTotal());
        assertThat(stats.contexts()).isZero();
        engine.close();
    }

    @Test
    void stepsEqualACollectedRun() {
        int[] prompt = IntStream.range(0, 100).map(i -> i * 7 % 300).toArray();
        ContextHandle one = engine.createContext(process, true);
        one.append(prompt);
        GenerationStep all = one.generate(plan(50)).collect().join();
        assertThat(all.tokens()).hasSize(50);
        assertThat(all.finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(one.written()).isEqualTo(149);
        assertThat(one.pendingCount()).isEqualTo(1);
        ContextHandle two = engine.createContext(process, false);
        two.append(prompt);
        Generation steps = two.generate(plan(50));
        for (int i = 0; i < 50; i++) {
            GenerationStep step = steps.step(StepSpec.PLAIN).join();
            assertThat(step.tokens()).containsExactly(all.tokens()[i]);
            assertThat(step.finish()).isEqualTo(i == 49 ? FinishReason.LENGTH : null);
        }
        assertThat(two.tokens()).isEqualTo(one.tokens());
    }

    @Test
    void aForkGoesOnAsItsParent() {
        ContextHandle parent = engine.createContext(process, true);
        parent.append(IntStream.range(0, 29).toArray());
        parent.execute(PassSpec.FLUSH).join();
        ContextHandle child = parent.fork().join();
        int[] a = parent.generate(plan(20)).collect().join().tokens();
        int[] b = child.generate(plan(20)).collect().join().tokens();
        assertThat(b).isEqualTo(a);
    }

    @Test
    void tailLogitsNeedNoNewRow() {
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 40).toArray());
        PassResult whole = context.execute(sampleLast(new int[0])).join();
        assertThat(context.written()).isEqualTo(40);
        PassResult again = context.execute(sampleLast(new int[0])).join();
        assertThat(again.tokens().getFirst()).isEqualTo(whole.tokens().getFirst());
    }

    private static PassSpec sampleLast(int[] tokens) {
        return new PassSpec(
                tokens,
                null,
                List.of(new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1)),
                List.of(),
                null,
                null,
                null,
                true,
                false);
    }

    private static PlanSpec plan(int max) {
        return new PlanSpec(SamplerChain.ARGMAX, max, new int[0], List.of(), null, OptionalLong.empty(), List.of());
    }
}
