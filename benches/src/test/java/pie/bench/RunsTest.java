package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.TinyModel;

/** Four pages of eight tokens: a long prompt cannot run. */
final class RunsTest {
    private final ProcessId process = ProcessId.random();
    private final Engine engine = Engine.start(
            TinyModel.loaded(),
            new HashDriver(new DriverConfig("auto", 8, 4, 0, 64, 16, Map.of()), TinyModel.VOCAB, TinyModel.CONTEXT, 1),
            EngineConfig.DEFAULT);

    @BeforeEach
    void open() {
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 1);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private CompletableFuture<?> generate(int prompt, int tokens) {
        ContextHandle context = engine.createContext(process, false);
        context.append(new int[prompt]);
        return context.generate(new PlanSpec(
                        SamplerChain.ARGMAX, tokens, new int[0], List.of(), null, OptionalLong.empty(), List.of()))
                .collect();
    }

    @Test
    void theFirstFailureEndsTheWait() {
        var runs = new Runs(engine);
        runs.add(generate(4, 4));
        runs.add(generate(100, 4));
        assertThatThrownBy(() -> runs.await(1000)).hasMessageContaining("the device has 4");
    }

    @Test
    void itEndsWithTheTokensOrTheRuns() {
        var runs = new Runs(engine);
        runs.add(generate(4, 20));
        runs.await(10);
        assertThat(engine.figures().stats().tokensGenerated()).isGreaterThanOrEqualTo(10);
        runs.await(1000);
        assertThat(runs.ended()).isEqualTo(1);
    }
}
