package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
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
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.testing.LeakAudit;

@Timeout(60)
final class TokenBudgetTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private static final int PAGE = 8;

    /** Every step takes a while, so that contexts run side by side. */
    private final Engine engine =
            audit.engine(LeakAudit.hash(64, PAGE, 64, Map.of("delay_micros", "1000")), EngineConfig.DEFAULT);

    @Test
    void passesSideBySideShareTheBudget() {
        ProcessId process = process(65);
        List<CompletableFuture<PassResult>> passes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            passes.add(context(process, i, 30).execute(PassSpec.FLUSH));
        }
        assertThat(passes.stream().map(TokenBudgetTest::failure).filter(e -> e == null))
                .hasSize(2);
        assertThat(used(process)).isEqualTo(60);
    }

    @Test
    void generationsSideBySideShareTheBudget() {
        ProcessId process = process(65);
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(context(process, i, 10).generate(plan(40)).collect());
        }
        int delivered = 0;
        for (CompletableFuture<GenerationStep> run : runs) {
            PieException failure = failure(run);
            assertThat(failure).isNotNull();
            assertThat(failure.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
            assertThat(failure.details())
                    .containsEntry("budget", "tokens")
                    .containsEntry("scope", "process")
                    .containsEntry("limit", 65L)
                    .containsKey("used");
            delivered += ((int[]) failure.details().get("tokens")).length;
        }
        assertThat(used(process)).isBetween(62L, 65L);
        assertThat(delivered).isEqualTo((int) used(process) - 40);
    }

    @Test
    void reusedRowsNeedNoBudget() {
        ProcessId process = process(110);
        context(process, 0, 100).execute(PassSpec.FLUSH).join();
        ContextHandle again = context(process, 0, 100);
        again.execute(sample()).join();
        assertThat(used(process)).isEqualTo(104);
        PieException failure = failure(again.generate(plan(40)).collect());
        assertThat(failure).isNotNull();
        assertThat((int[]) failure.details().get("tokens")).hasSize(6);
        assertThat(again.tokens()).hasSize(106);
        assertThat(used(process)).isEqualTo(110);
    }

    @Test
    void aPassThatDoesNotFitLeavesItsContextAsItWas() {
        ProcessId process = process(120);
        ContextHandle context = context(process, 0, 100);
        context.execute(PassSpec.FLUSH).join();
        context.append(tokens(7, 30));
        int[] before = context.tokens();
        PieException failure = failure(context.execute(
                new PassSpec(new int[] {1, 2}, null, List.of(), List.of(), null, null, null, true, false)));
        assertThat(failure).isNotNull();
        assertThat(failure.details())
                .containsEntry("budget", "tokens")
                .containsEntry("limit", 120L)
                .containsEntry("used", 100L);
        assertThat(context.tokens()).isEqualTo(before);
        assertThat(context.written()).isEqualTo(100);
        context.truncate(10).join();
        context.execute(PassSpec.FLUSH).join();
        assertThat(context.written()).isEqualTo(120);
        assertThat(used(process)).isEqualTo(120);
    }

    @Test
    void rowsOfACancelledPassAreGivenBack() {
        ProcessId process = process(100);
        for (int i = 0; i < 3; i++) {
            context(process, i, 100).execute(PassSpec.FLUSH).cancel(true);
        }
        ContextHandle last = context(process, 4, 100);
        // Behind the passes that went before, whose cancelled rows may still be with the device.
        PieException failure = failure(last.execute(PassSpec.FLUSH));
        for (int i = 0; i < 100 && failure != null; i++) {
            failure = failure(last.execute(PassSpec.FLUSH));
        }
        assertThat(failure).isNull();
        assertThat(used(process)).isEqualTo(100);
    }

    @Test
    void tokensOfAStopStringAreNotCharged() {
        ProcessId rich = process(1000);
        int[] free = context(rich, 0, 20).generate(plan(30)).collect().join().tokens();
        String text = engine.model().tokenizer().decode(free, false);
        String stop = text.substring(17, 21);
        ProcessId process = process(1000);
        PlanSpec plan = new PlanSpec(
                SamplerChain.ARGMAX, 40, new int[0], List.of("zzzz", stop), null, OptionalLong.empty(), List.of());
        ContextHandle context = context(process, 0, 20);
        GenerationStep step = context.generate(plan).collect().join();
        assertThat(step.finish()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(engine.totals(process).tokensOut()).isEqualTo(step.tokens().length);
        assertThat(engine.totals(process).tokensRolledBack()).isEqualTo(stop.length());
        assertThat(engine.totals(process).tokensIn() + engine.totals(process).tokensReused())
                .isEqualTo(20);
    }

    @Test
    void acceptedTokensAreChargedAndMustFit() {
        ProcessId process = process(25);
        ContextHandle context = context(process, 0, 20);
        Generation generation = context.generate(plan(40));
        generation.step(StepSpec.PLAIN).join();
        PieException failure = failure(generation.accept(new int[] {5, 6, 7, 8, 9}));
        assertThat(failure).isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        assertThat(context.tokens()).hasSize(21);
        assertThat(generation.accept(new int[] {5, 6, 7, 8}).join()).hasSize(4);
        assertThat(used(process)).isEqualTo(25);
        context.execute(PassSpec.FLUSH).join();
        assertThat(used(process)).isEqualTo(25);
    }

    @Test
    void aCopyPaysForItsOwnRows() {
        ProcessId process = process(100);
        ContextHandle context = context(process, 0, 20);
        context.generate(plan(1)).collect().join();
        ContextHandle copy = context.fork().join();
        context.execute(PassSpec.FLUSH).join();
        assertThat(used(process)).isEqualTo(21);
        copy.execute(PassSpec.FLUSH).join();
        assertThat(used(process)).isEqualTo(22);
    }

    private ProcessId process(long tokens) {
        return audit.process(engine, new Budget(OptionalLong.of(tokens), Optional.empty(), Optional.empty()), 1);
    }

    private ContextHandle context(ProcessId process, int family, int n) {
        ContextHandle context = engine.createContext(process, true);
        context.append(tokens(family, n));
        return context;
    }

    private static int[] tokens(int family, int n) {
        return IntStream.range(0, n).map(i -> (i * 7 + family * 31) % 300).toArray();
    }

    private long used(ProcessId process) {
        ProcessTotals totals = engine.totals(process);
        return totals.tokensIn() + totals.tokensOut();
    }

    private static PassSpec sample() {
        List<SampleSpec> samples = List.of(new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1));
        return new PassSpec(new int[0], null, samples, List.of(), null, null, null, true, false);
    }

    private static PlanSpec plan(int max) {
        return EngineFaultTest.plan(max);
    }

    private static @Nullable PieException failure(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        return failure == null ? null : (PieException) failure.getCause();
    }
}
