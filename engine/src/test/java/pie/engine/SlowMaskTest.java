package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.Matcher;
import pie.engine.market.Explanation;
import pie.engine.market.Missed;
import pie.engine.process.Budget;
import pie.engine.process.ExplainRecord;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import pie.engine.testing.TinyModel;

/** A mask that is not there yet keeps its own generation out of the steps, and nobody else. Turns and masks are made by hand. */
final class SlowMaskTest {
    private final AtomicLong now = new AtomicLong(1);
    private final ArrayDeque<Runnable> masks = new ArrayDeque<>();
    private final ProcessId process = ProcessId.random();
    private final SimulatedEngine engine = new SimulatedEngine(
            TinyModel.loaded(),
            HashDriver.inline(
                    new DriverConfig("auto", 8, 64, 0, 64, 16, Map.of()), TinyModel.VOCAB, TinyModel.CONTEXT, 1),
            EngineConfig.DEFAULT,
            now::get,
            7,
            Optional.empty(),
            masks::add);

    @AfterEach
    void end() {
        engine.end();
    }

    private void turn() {
        now.addAndGet(1_000_000);
        engine.turn(now.get());
    }

    private <T> T done(CompletableFuture<T> future) {
        for (int i = 0; i < 1000 && !future.isDone(); i++) {
            turn();
        }
        assertThat(future).isDone();
        return future.join();
    }

    private CompletableFuture<GenerationStep> begin(int max, Matcher... constraints) {
        ContextHandle context = done(engine.create(process, false));
        context.append(IntStream.range(1, 20).toArray());
        return context.generate(new PlanSpec(
                                SamplerChain.ARGMAX,
                                max,
                                TinyModel.loaded().config().stopIds(),
                                List.of(),
                                null,
                                OptionalLong.empty(),
                                List.of())
                        .withConstraints(List.of(constraints)))
                .collect();
    }

    @Test
    void othersGoOnWhileAMaskIsBuilt() {
        done(engine.open(process, OwnerId.LOCAL, Budget.UNLIMITED, 3, OptionalDouble.empty()));
        var pattern = new GrammarSource.Regex("[ab]{3}m[x-z]{2}");
        Matcher matcher = new Matcher(engine.grammars().get(pattern).join());
        CompletableFuture<GenerationStep> constrained = begin(20, matcher);
        turn();
        assertThat(masks).as("masks to build").hasSize(1);
        assertThat(done(begin(30)).tokens()).hasSizeBetween(1, 30);
        assertThat(constrained).isNotDone();
        Explanation why = done(engine.explanation(process));
        assertThat(why.missed().get(Missed.MASK)).as("steps without it").isPositive();
        assertThat(why.misses())
                .allSatisfy(miss -> assertThat(miss.why()).isEqualTo(Missed.MASK))
                .allSatisfy(miss -> assertThat(miss.context()).isZero());
        assertThat(why.contexts().getFirst())
                .satisfies(c -> assertThat(c.masked()).isTrue())
                .satisfies(c -> assertThat(c.waitedNanos()).isPositive());
        assertThat(told(why).get("summary").toString()).contains("for the mask of its next token");
        while (!constrained.isDone()) {
            Runnable mask = masks.poll();
            if (mask != null) {
                mask.run();
            }
            turn();
        }
        assertThat(TinyModel.loaded().tokenizer().decode(constrained.join().tokens(), false))
                .matches("[ab]{3}m[x-z]{2}");
        assertThat(done(engine.explanation(process)).contexts())
                .as("those that wait for a mask")
                .noneMatch(Explanation.ContextState::masked);
    }

    @Test
    void whoseProcessEndsWaitsForNoMask() {
        done(engine.open(process, OwnerId.LOCAL, Budget.UNLIMITED, 3, OptionalDouble.empty()));
        CompletableFuture<GenerationStep> constrained = begin(
                20,
                new Matcher(engine.grammars()
                        .get(new GrammarSource.Regex("[ab]{4}"))
                        .join()));
        turn();
        assertThat(engine.maskWaits()).isEqualTo(1);
        done(engine.closeProcess(process));
        assertThat(constrained).isCompletedExceptionally();
        assertThat(engine.maskWaits()).isZero();
    }

    private Map<String, Object> told(Explanation why) {
        return ExplainRecord.of(
                process,
                OwnerId.LOCAL,
                ProcessState.RUNNING,
                "forward",
                ProcessTotals.NONE,
                Map.of("tiny", why),
                Instant.EPOCH);
    }
}
