package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import pie.engine.generate.StepSpec;
import pie.engine.process.Budget;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.testing.LeakAudit;

@Timeout(60)
final class EngineTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private static final int PAGE = 8;
    private static final int[] PROMPT =
            IntStream.range(0, 100).map(i -> i * 7 % 300).toArray();

    private final Engine engine = audit.engine(64, PAGE, 64);
    private final ProcessId process = audit.process(engine);

    @Test
    void stepsEqualACollectedRun() {
        ContextHandle one = context(PROMPT);
        GenerationStep all = one.generate(plan(50)).collect().join();
        assertThat(all.tokens()).hasSize(50);
        assertThat(all.finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(one.written()).isEqualTo(149);
        assertThat(one.pendingCount()).isEqualTo(1);
        assertThat(one.committedPages()).isEqualTo(149 / PAGE);
        ContextHandle two = context(PROMPT);
        Generation steps = two.generate(plan(50));
        for (int i = 0; i < 50; i++) {
            GenerationStep step = steps.step(StepSpec.PLAIN).join();
            assertThat(step.tokens()).containsExactly(all.tokens()[i]);
            assertThat(step.finish()).isEqualTo(i == 49 ? FinishReason.LENGTH : null);
        }
        assertThat(two.tokens()).isEqualTo(one.tokens());
        assertThat(steps.step(StepSpec.PLAIN).join().finish()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void anAcceptedStopTokenAfterOthersEndsTheGeneration() {
        Generation generation = context(PROMPT)
                .generate(new PlanSpec(
                        SamplerChain.ARGMAX, 50, new int[] {2}, List.of(), null, OptionalLong.empty(), List.of()));
        assertThat(generation.accept(new int[] {7, 2, 9}).join()).containsExactly(7);
        assertThat(generation.step(StepSpec.PLAIN).join().finish()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void aForkGoesOnAsItsParent() {
        ContextHandle parent = context(IntStream.range(0, 29).toArray());
        parent.execute(PassSpec.FLUSH).join();
        ContextHandle child = parent.fork().join();
        assertThat(child.committedPages()).isEqualTo(3);
        assertThat(child.workingTokens()).isEqualTo(5);
        int[] a = parent.generate(plan(20)).collect().join().tokens();
        int[] b = child.generate(plan(20)).collect().join().tokens();
        assertThat(b).isEqualTo(a);
    }

    @Test
    void tailLogitsNeedNoNewRow() {
        ContextHandle context = context(IntStream.range(0, 40).toArray());
        PassResult whole = context.execute(sample(new int[0], false, -1)).join();
        assertThat(context.written()).isEqualTo(40);
        PassResult again = context.execute(sample(new int[0], false, -1)).join();
        assertThat(again.tokens().getFirst()).isEqualTo(whole.tokens().getFirst());
        int[] first = context.fork().join().generate(plan(1)).collect().join().tokens();
        assertThat(first).isEqualTo(whole.tokens().getFirst());
    }

    @Test
    void samePrefixesAreComputedOnce() {
        context(PROMPT).execute(PassSpec.FLUSH).join();
        long rows = rows();
        ContextHandle other = context(PROMPT);
        other.execute(PassSpec.FLUSH).join();
        assertThat(rows() - rows).isEqualTo(4);
        ProcessTotals totals = engine.totals(process);
        assertThat(totals.tokensReused()).isEqualTo(96);
        assertThat(totals.tokensIn()).isEqualTo(104);
        ContextHandle aside = engine.createContext(process, false);
        aside.append(PROMPT);
        aside.execute(PassSpec.FLUSH).join();
        assertThat(rows() - rows).isEqualTo(104);
        assertThat(engine.stats().pagesCommitted())
                .as("equal pages are kept once")
                .isEqualTo(12);
    }

    @Test
    void sampledRowsAreNeverTakenFromOthers() {
        PassResult first =
                context(new int[0]).execute(sample(PROMPT, false, 3, 50, -1)).join();
        PassResult second =
                context(new int[0]).execute(sample(PROMPT, false, 3, 50, -1)).join();
        assertThat(second.tokens().getFirst()).isEqualTo(first.tokens().getFirst());
    }

    @Test
    void aSuspendedContextComesBack() {
        ContextHandle context = context(PROMPT);
        context.execute(PassSpec.FLUSH).join();
        ContextHandle copy = context.fork().join();
        context.suspend().join();
        copy.suspend().join();
        assertThat(context.written()).isEqualTo(100);
        assertThat(context.generate(plan(9)).collect().join().tokens())
                .isEqualTo(copy.generate(plan(9)).collect().join().tokens());
    }

    @Test
    void pagesShortDisplaceTheLatest() {
        Engine small = audit.engine(16, PAGE, 64);
        ProcessId owner = audit.process(small);
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ContextHandle context = small.createContext(owner, true);
            context.append(
                    IntStream.range(i * 40, i * 40 + 60).map(t -> t % 300).toArray());
            runs.add(context.generate(plan(30)).collect());
        }
        for (int i = 0; i < 6; i++) {
            ContextHandle alone = context(
                    IntStream.range(i * 40, i * 40 + 60).map(t -> t % 300).toArray());
            assertThat(runs.get(i).join().tokens())
                    .isEqualTo(alone.generate(plan(30)).collect().join().tokens());
        }
        ContextHandle big = small.createContext(owner, true);
        big.append(new int[16 * PAGE + 1]);
        assertThat(code(big.execute(PassSpec.FLUSH))).isEqualTo(ErrorCode.OUT_OF_PAGES);
        assertThat(big.pendingCount()).isEqualTo(16 * PAGE + 1);
        assertThat(big.written()).isZero();
    }

    @Test
    void anIdleForkGivesItsPagesUp() {
        Engine small = audit.engine(12, PAGE, 64);
        ProcessId owner = audit.process(small);
        ContextHandle parent = small.createContext(owner, true);
        parent.append(IntStream.range(0, 44).toArray());
        parent.execute(PassSpec.FLUSH).join();
        ContextHandle child = parent.fork().join();
        ContextHandle other = small.createContext(owner, true);
        other.append(IntStream.range(100, 190).toArray());
        assertThat(other.execute(sample(new int[0], false, -1)).join().tokens()).hasSize(1);
        assertThat(child.generate(plan(4)).collect().join().tokens())
                .isEqualTo(parent.generate(plan(4)).collect().join().tokens());
    }

    @Test
    void truncateReachesPendingAndWorkingTokensOnly() {
        ContextHandle context = context(IntStream.range(0, 20).toArray());
        context.execute(PassSpec.FLUSH).join();
        context.append(new int[] {1, 2, 3});
        assertThat(code(context.truncate(8))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        context.truncate(5).join();
        assertThat(context.written()).isEqualTo(18);
        assertThat(context.tokens()).hasSize(18);
        ContextHandle fresh = context(IntStream.range(0, 18).toArray());
        assertThat(context.generate(plan(6)).collect().join().tokens())
                .isEqualTo(fresh.generate(plan(6)).collect().join().tokens());
    }

    @Test
    void deferredPagesCommitWhenTold() {
        ContextHandle context = context(new int[0]);
        context.execute(sample(IntStream.range(0, 20).toArray(), true, -1)).join();
        assertThat(context.committedPages()).isZero();
        assertThat(context.workingPages()).isEqualTo(3);
        context.reserveWorkingPages(2).join();
        assertThat(context.workingPages()).isEqualTo(5);
        context.commitWorkingPages(1).join();
        assertThat(context.committedPages()).isEqualTo(1);
        assertThat(code(context.commitWorkingPages(2))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        context.releaseWorkingPages(3).join();
        assertThat(context.written()).isEqualTo(16);
        context.truncateWorkingPageTokens(3).join();
        assertThat(context.written()).isEqualTo(13);
        assertThat(context.workingPages()).isEqualTo(1);
        ContextHandle fresh = context(IntStream.range(0, 13).toArray());
        assertThat(context.generate(plan(6)).collect().join().tokens())
                .isEqualTo(fresh.generate(plan(6)).collect().join().tokens());
    }

    @Test
    void aStopIdIsDroppedAndReportedWithoutTokens() {
        int[] free = context(PROMPT).generate(plan(12)).collect().join().tokens();
        int stop = free[7];
        int before =
                IntStream.range(0, 8).filter(i -> free[i] == stop).findFirst().orElseThrow();
        ContextHandle context = context(PROMPT);
        Generation generation = context.generate(stopping(new int[] {stop}, List.of()));
        for (int i = 0; i < before; i++) {
            assertThat(generation.step(StepSpec.PLAIN).join().tokens()).containsExactly(free[i]);
        }
        GenerationStep last = generation.step(StepSpec.PLAIN).join();
        assertThat(last.tokens()).isEmpty();
        assertThat(last.finish()).isEqualTo(FinishReason.STOP);
        assertThat(context.tokens()).hasSize(100 + before);
        assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void stopStringsHoldBackWhatMayBelongToThem() {
        int[] free = context(PROMPT).generate(plan(30)).collect().join().tokens();
        String text = engine.model().tokenizer().decode(free, false);
        String stop = text.substring(17, 21);
        int at = text.indexOf(stop);
        GenerationStep collected = context(PROMPT)
                .generate(stopping(new int[0], List.of("zzzz", stop)))
                .collect()
                .join();
        assertThat(collected.finish()).isEqualTo(FinishReason.STOP_STRING);
        assertThat(collected.tokens()).isEqualTo(Arrays.copyOf(free, at));
        ContextHandle context = context(PROMPT);
        Generation steps = context.generate(stopping(new int[0], List.of("zzzz", stop)));
        List<Integer> tokens = new ArrayList<>();
        GenerationStep step;
        do {
            step = steps.step(StepSpec.PLAIN).join();
            Arrays.stream(step.tokens()).forEach(tokens::add);
            assertThat(tokens).hasSizeLessThanOrEqualTo(at);
            assertThat(context.tokens()).hasSize(100 + tokens.size());
        } while (step.finish() == null);
        assertThat(tokens)
                .containsExactlyElementsOf(Arrays.stream(free, 0, at).boxed().toList());
        assertThat(context.pendingCount()).isEqualTo(1);
        int[] rest = context.generate(plan(30 - at)).collect().join().tokens();
        assertThat(rest).isEqualTo(Arrays.copyOfRange(free, at, 30));
    }

    @Test
    void aStepMayBeChangedOrLeftToTheCaller() {
        ContextHandle context = context(PROMPT);
        Generation generation = context.generate(plan(5));
        int forced = 123;
        StepSpec bias = new StepSpec(true, null, Map.of(forced, 100f), List.of(probe(ProbeKind.ENTROPY)));
        GenerationStep step = generation.step(bias).join();
        assertThat(step.tokens()).containsExactly(forced);
        assertThat(step.probes().getFirst().values()).hasSize(1);
        GenerationStep none = generation
                .step(new StepSpec(false, null, Map.of(), List.of(probe(ProbeKind.LOGITS))))
                .join();
        assertThat(none.tokens()).isEmpty();
        assertThat(none.probes().getFirst().values()).hasSize(300);
        assertThat(generation.accept(new int[] {4, 5, 6, 7, 8, 9}).join()).containsExactly(4, 5, 6, 7);
        assertThat(context.pending()).containsExactly(4, 5, 6, 7);
        assertThat(generation.step(StepSpec.PLAIN).join().finish()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void seededDrawsDependOnTheSequenceAlone() {
        SamplerChain chain = new SamplerChain(
                List.of(new Stage.FrequencyPenalty(0.5f), new Stage.Temperature(1.5f)), OptionalLong.of(77));
        PlanSpec plan = new PlanSpec(chain, 24, new int[0], List.of(), null, OptionalLong.empty(), List.of());
        int[] one = context(PROMPT).generate(plan).collect().join().tokens();
        ContextHandle context = context(Arrays.copyOf(PROMPT, 50));
        context.execute(PassSpec.FLUSH).join();
        context.append(Arrays.copyOfRange(PROMPT, 50, 100));
        assertThat(context.generate(plan).collect().join().tokens()).isEqualTo(one);
    }

    @Test
    void beforeItsLeastNumberOfTokensNothingStopsAGeneration() {
        int[] free = context(PROMPT).generate(plan(40)).collect().join().tokens();
        int stop = free[5];
        int before = IntStream.of(free).boxed().toList().indexOf(stop);
        PlanSpec plan = stopping(new int[] {stop}, List.of()).withMinTokens(12);
        int[] tokens = context(PROMPT).generate(plan).collect().join().tokens();
        assertThat(tokens).startsWith(Arrays.copyOf(free, before)).hasSizeGreaterThanOrEqualTo(12);
        assertThat(tokens).doesNotContain(stop);
        assertThat(context(PROMPT)
                        .generate(plan.withSpeculation(true))
                        .collect()
                        .join()
                        .tokens())
                .isEqualTo(tokens);
        Generation steps = context(PROMPT).generate(plan);
        var each = new ArrayList<Integer>();
        while (steps.finishReason() == null) {
            IntStream.of(steps.step(StepSpec.PLAIN).join().tokens()).forEach(each::add);
        }
        assertThat(each.stream().mapToInt(Integer::intValue).toArray()).isEqualTo(tokens);
        List<Integer> order = IntStream.of(tokens).boxed().toList();
        int late = 12;
        while (order.indexOf(tokens[late]) < late) {
            late++;
        }
        PlanSpec then = stopping(new int[] {stop, tokens[late]}, List.of()).withMinTokens(12);
        assertThat(context(PROMPT).generate(then).collect().join().tokens()).isEqualTo(Arrays.copyOf(tokens, late));
    }

    @Test
    void attentionMasksChangeWhatIsSeenAndArePinned() {
        ContextHandle context = context(IntStream.range(0, 10).toArray());
        long[][] masks = new long[12][];
        Arrays.fill(masks, new long[] {0b111 | -1L << 10});
        PassSpec masked = new PassSpec(
                IntStream.range(20, 32).toArray(), null, List.of(last()), List.of(), null, null, masks, true, false);
        int[] seen = context.execute(masked).join().tokens().getFirst();
        ContextHandle plain = context(IntStream.range(0, 10).toArray());
        int[] all = plain.execute(sample(IntStream.range(20, 32).toArray(), false, -1))
                .join()
                .tokens()
                .getFirst();
        assertThat(seen).isNotEqualTo(all);
        context.suspend().join();
        assertThat(context.execute(sample(new int[0], false, -1)).join().tokens())
                .hasSize(1);
        assertThat(context.fork().join().generate(plan(5)).collect().join().tokens())
                .isEqualTo(context.generate(plan(5)).collect().join().tokens());
    }

    @Test
    void masksOfLogitsLeaveOnlyWhatTheyAllow() {
        long[] mask = new long[5];
        mask[2] = 0b1010;
        PlanSpec plan =
                new PlanSpec(SamplerChain.ARGMAX, 10, new int[0], List.of(), mask, OptionalLong.empty(), List.of());
        assertThat(context(PROMPT).generate(plan).collect().join().tokens()).containsOnly(129, 131);
        PlanSpec none = new PlanSpec(
                SamplerChain.ARGMAX, 10, new int[0], List.of(), new long[5], OptionalLong.empty(), List.of());
        assertThat(code(context(PROMPT).generate(none).collect())).isEqualTo(ErrorCode.GRAMMAR_VIOLATION);
    }

    @Test
    void tokenBudgetsEndAfterTheLastTokenThatFits() {
        ProcessId poor = audit.process(engine, new Budget(OptionalLong.of(120), Optional.empty(), Optional.empty()), 1);
        ContextHandle context = engine.createContext(poor, true);
        context.append(PROMPT);
        assertThat(code(context.generate(plan(50)).collect())).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        assertThat(context.tokens()).hasSize(120);
        ProcessTotals totals = engine.totals(poor);
        assertThat(totals.tokensIn()).isEqualTo(100);
        assertThat(totals.tokensOut()).isEqualTo(20);
        assertThat(totals.pagesPeak()).isGreaterThanOrEqualTo(14);
    }

    @Test
    void theContextLimitEndsAGeneration() {
        ContextHandle context = context(new int[0]);
        context.append(new int[2048 - 3]);
        assertThat(code(context.execute(PassSpec.FLUSH))).isEqualTo(ErrorCode.OUT_OF_PAGES);
        Engine large = audit.engine(300, PAGE, 512);
        ContextHandle full = large.createContext(audit.process(large), true);
        full.append(new int[2048 - 3]);
        GenerationStep step = full.generate(plan(50)).collect().join();
        assertThat(step.finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(step.tokens()).hasSize(3);
        full.append(new int[] {1});
        assertThat(code(full.execute(PassSpec.FLUSH))).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
    }

    @Test
    void cancellingGivesThePagesBack() {
        Engine slow = audit.engine(LeakAudit.hash(64, PAGE, 64, Map.of("delay_micros", "1000")), EngineConfig.DEFAULT);
        ProcessId owner = audit.process(slow);
        ContextHandle context = slow.createContext(owner, true);
        context.append(PROMPT);
        CompletableFuture<GenerationStep> run = context.generate(plan(500)).collect();
        CompletableFuture<PassResult> queued = context.execute(PassSpec.FLUSH);
        Awaitility.await().until(() -> context.written() > 110);
        queued.cancel(true);
        run.cancel(true);
        int[] tokens = context.fork().join().tokens();
        assertThat(tokens.length).isGreaterThan(110);
        context.close();
        assertThat(code(context.execute(PassSpec.FLUSH))).isEqualTo(ErrorCode.CANCELLED);
        slow.closeProcess(owner).join();
        assertThat(slow.stats().pagesCommitted() + slow.stats().pagesWorking()).isZero();
    }

    @Test
    void aNewGenerationClosesTheOneBefore() {
        ContextHandle context = context(PROMPT);
        Generation first = context.generate(plan(50));
        int token = first.step(StepSpec.PLAIN).join().tokens()[0];
        Generation second = context.generate(plan(2));
        assertThat(second.collect().join().tokens()).hasSize(2);
        assertThat(first.step(StepSpec.PLAIN).join().finish()).isEqualTo(FinishReason.CLOSED);
        assertThat(context.tokens()[100]).isEqualTo(token);
    }

    @Test
    void wrongArgumentsAreNamed() {
        ContextHandle context = context(new int[0]);
        assertThat(code(context.execute(sample(new int[0], false, -1)))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(catchThrowable(() -> context.append(new int[] {300}))).hasMessageContaining("300");
        assertThat(EngineFaultTest.code(catchThrowable(() -> engine.createContext(ProcessId.random(), true))))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    private ContextHandle context(int[] tokens) {
        ContextHandle context = engine.createContext(process, true);
        context.append(tokens);
        return context;
    }

    private long rows() {
        EngineStats stats = engine.stats();
        return stats.rowsPrefill() + stats.rowsDecode();
    }

    private static ProbeSpec probe(ProbeKind kind) {
        return new ProbeSpec(0, kind, 1f, 0, new int[0], false);
    }

    private static SampleSpec last() {
        return new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1);
    }

    private static PassSpec sample(int[] tokens, boolean defer, int... rows) {
        List<SampleSpec> samples = List.of(new SampleSpec(rows, SamplerChain.ARGMAX, 1));
        return new PassSpec(tokens, null, samples, List.of(), null, null, null, true, defer);
    }

    private static PlanSpec plan(int max) {
        return EngineFaultTest.plan(max);
    }

    private static PlanSpec stopping(int[] ids, List<String> strings) {
        return new PlanSpec(SamplerChain.ARGMAX, 40, ids, strings, null, OptionalLong.empty(), List.of());
    }

    private static ErrorCode code(CompletableFuture<?> future) {
        @Nullable Throwable failure = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        assertThat(failure).as("a failure").isNotNull();
        return EngineFaultTest.code(failure);
    }
}
