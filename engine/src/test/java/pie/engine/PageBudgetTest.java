package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

@Timeout(120)
final class PageBudgetTest {
    private static final int PAGE = 8;

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private final Engine engine =
            audit.engine(LeakAudit.hash(64, PAGE, 64, Map.of("delay_micros", "500")), EngineConfig.DEFAULT);

    private static PieException failure(CompletableFuture<?> future) {
        Throwable thrown = catchThrowable(future::join);
        assertThat(thrown).isInstanceOf(CompletionException.class);
        return (PieException) thrown.getCause();
    }

    private ContextHandle context(ProcessId process, int tokens) {
        ContextHandle context = engine.createContext(process, false);
        context.append(IntStream.range(0, tokens).map(i -> i % 60).toArray());
        return context;
    }

    private static PlanSpec plan(int max) {
        return new PlanSpec(SamplerChain.ARGMAX, max, new int[0], List.of(), null, OptionalLong.of(5), List.of());
    }

    @Test
    void pagesHeldAtOnceAreLimitedAndWhatIsSuspendedDoesNotCount() {
        ProcessId process = audit.process(engine, Budget.UNLIMITED.withPages(6), 1);
        ContextHandle one = context(process, 4 * PAGE);
        ContextHandle two = context(process, 3 * PAGE);
        one.execute(PassSpec.FLUSH).join();
        PieException refused = failure(two.execute(PassSpec.FLUSH));
        assertThat(refused.code()).isEqualTo(ErrorCode.OUT_OF_PAGES);
        assertThat(refused.details()).containsEntry("limit", 6).containsEntry("requested", 7L);
        assertThat(two.written()).isZero();
        assertThat(failure(one.fork()).code()).isEqualTo(ErrorCode.OUT_OF_PAGES);
        one.suspend().join();
        two.execute(PassSpec.FLUSH).join();
        assertThat(failure(one.execute(
                                new PassSpec(new int[] {1}, null, List.of(), List.of(), null, null, null, true, false)))
                        .code())
                .isEqualTo(ErrorCode.OUT_OF_PAGES);
        two.close();
        one.execute(new PassSpec(new int[] {1}, null, List.of(), List.of(), null, null, null, true, false))
                .join();
    }

    @Test
    void aGenerationEndsWhereItsPagesEnd() {
        ProcessId process = audit.process(engine, Budget.UNLIMITED.withPages(4), 1);
        ContextHandle context = context(process, 2 * PAGE);
        PieException refused = failure(context.generate(plan(60)).collect());
        assertThat(refused.code()).isEqualTo(ErrorCode.OUT_OF_PAGES);
        assertThat(context.written()).isEqualTo(4 * PAGE);
        assertThat(context.tokens()).hasSize(4 * PAGE + 1);
    }

    @Test
    void anOwnersPagesAreThoseOfAllItsProcesses() {
        OwnerId owner = new OwnerId("ann");
        engine.limit(owner, Budget.UNLIMITED.withPages(5));
        ContextHandle one = context(audit.process(engine, owner), 3 * PAGE);
        ContextHandle two = context(audit.process(engine, owner), 3 * PAGE);
        ContextHandle other = context(audit.process(engine, new OwnerId("bob")), 9 * PAGE);
        one.execute(PassSpec.FLUSH).join();
        PieException refused = failure(two.execute(PassSpec.FLUSH));
        assertThat(refused.details()).containsEntry("scope", "owner").containsEntry("limit", 5);
        other.execute(PassSpec.FLUSH).join();
        engine.limit(owner, Budget.UNLIMITED);
        two.execute(PassSpec.FLUSH).join();
    }

    @Test
    void pagesHeldForTooLongAreGivenUpAndEveryLaterPassSaysSo() {
        ProcessId process = audit.process(engine, Budget.UNLIMITED.withPageSeconds(0.05), 1);
        ContextHandle idle = context(process, 6 * PAGE);
        ContextHandle busy = context(process, PAGE);
        idle.execute(PassSpec.FLUSH).join();
        PieException spent = failure(busy.generate(plan(400)).collect());
        assertThat(spent.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        assertThat(spent.details())
                .containsEntry("budget", "page_seconds")
                .containsEntry("scope", "process")
                .containsEntry("limit", 0.05)
                .containsKey("tokens");
        assertThat((Double) spent.details().get("used")).isBetween(0.05, 60.0);
        await().atMost(Duration.ofSeconds(60)) // until the step that they were in has come back
                .until(() -> engine.totals(process).pagesHeld() == 0);
        assertThat(failure(idle.generate(plan(1)).collect()).details()).containsEntry("budget", "page_seconds");
        int[] kept = idle.tokens();
        assertThat(kept).hasSize(6 * PAGE);
    }

    @Test
    void aChildUsesItsParentsTokens() {
        Budget parents = new Budget(OptionalLong.of(100), Optional.empty(), Optional.empty());
        ProcessId parent = audit.process(engine, parents, 1);
        ProcessId child = ProcessId.random();
        engine.openChild(
                child,
                OwnerId.LOCAL,
                new Budget(OptionalLong.of(60), Optional.empty(), Optional.empty()),
                1,
                OptionalDouble.empty(),
                parent);
        assertThat(failure(context(parent, 41).execute(PassSpec.FLUSH)).details())
                .containsEntry("scope", "process");
        context(child, 50).execute(PassSpec.FLUSH).join();
        engine.closeProcess(child).join();
        context(parent, 41).execute(PassSpec.FLUSH).join();
        assertThat(engine.totals(parent).tokensIn() + engine.totals(parent).tokensReused())
                .isEqualTo(41);
        assertThat(failure(context(parent, 50).execute(PassSpec.FLUSH)).details())
                .containsEntry("budget", "tokens");
    }
}
