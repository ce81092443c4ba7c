package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.market.Explanation;
import pie.engine.market.Explanation.ContextState;
import pie.engine.market.MarketConfig;
import pie.engine.market.MarketEvent;
import pie.engine.market.MarketEvent.Kind;
import pie.engine.market.MarketEvent.Reason;
import pie.engine.market.Missed;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

@Timeout(60)
final class MarketTest {
    private static final int PAGE = 8;

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    @Test
    void aPageCostsACreditOnceAndTheRefillBringsItBack() {
        Engine engine = audit.engine(64, PAGE, 64);
        ProcessId process = audit.process(engine);
        ContextHandle context = prompt(engine, process, 0, 40);
        context.execute(PassSpec.FLUSH).join();
        assertThat(engine.totals(process).market().makeCost()).isEqualTo(5);
        ContextHandle same = prompt(engine, process, 0, 41);
        same.execute(PassSpec.FLUSH).join();
        assertThat(engine.totals(process).market().makeCost())
                .as("five pages are reused")
                .isEqualTo(6);
        same.fork().join();
        assertThat(engine.totals(process).market().makeCost())
                .as("a working page is copied")
                .isEqualTo(7);
        context.suspend().join();
        context.append(new int[] {1});
        context.execute(PassSpec.FLUSH).join();
        assertThat(engine.totals(process).market().makeCost())
                .as("what is brought back is free")
                .isEqualTo(8);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> engine.balance(process) == 64);
        assertThat(engine.stats().market().refilled()).isEqualTo(8);
        assertThat(engine.stats().market().price()).isZero();
    }

    @Test
    void theHigherBidderTakesThePagesAndTheExplanationSaysSo() {
        Engine engine = engine(40, MarketConfig.DEFAULT.withAging(Duration.ofMinutes(10)));
        ProcessId poor = process(engine, "poor");
        ProcessId rich = process(engine, "rich");
        ContextHandle loser = prompt(engine, poor, 1, 100);
        loser.setBid(OptionalDouble.of(0.001), true);
        CompletableFuture<GenerationStep> slow =
                loser.generate(EngineFaultTest.plan(150)).collect();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(2))
                .until(() -> engine.stats().tokensGenerated() > 3);
        ContextHandle winner = prompt(engine, rich, 2, 150);
        winner.setBid(OptionalDouble.of(0.1), true);
        int[] first =
                winner.generate(EngineFaultTest.plan(120)).collect().join().tokens();
        assertThat(first).hasSize(120);
        Explanation why = engine.explain(poor);
        MarketEvent lost = why.events().stream()
                .filter(event -> event.kind() == Kind.DISPLACED)
                .findFirst()
                .orElseThrow();
        assertThat(lost.reason()).isIn(Reason.BID, Reason.GROWTH);
        assertThat(lost.by()).isNotNull();
        assertThat(java.util.Objects.requireNonNull(lost.by()).process()).isEqualTo(rich.toString());
        assertThat(lost.by().owner()).isEqualTo("rich");
        assertThat(lost.ownBid()).isEqualTo(0.001);
        assertThat(lost.otherBid()).as("what its wallet can pay for 64 steps").isBetween(0.01, 0.1);
        assertThat(lost.pages()).isGreaterThan(12);
        assertThat(lost.toReplay()).isGreaterThan(100);
        assertThat(why.missed().get(Missed.EXCLUDED)).isPositive();
        assertThat(why.misses())
                .isNotEmpty()
                .allSatisfy(miss -> assertThat(miss.why()).isEqualTo(Missed.EXCLUDED));
        assertThat(why.events()).extracting(MarketEvent::kind).contains(Kind.EXCLUDED);
        winner.close();
        assertThat(slow.join().tokens()).hasSize(150);
        assertThat(engine.explain(poor).events()).extracting(MarketEvent::kind).contains(Kind.RESTORED);
        assertThat(engine.totals(rich).market().rentPaid())
                .as("the price was the poor one's bid")
                .isPositive();
        assertThat(engine.totals(poor).market().dividends())
                .isCloseTo(engine.totals(rich).market().rentPaid() / 2, within(1.0));
        assertThat(engine.totals(poor).market().displacements())
                .isBetween(1L, engine.stats().market().displacements());
        assertThat(engine.stats().market().recent()).isNotEmpty();
    }

    @Test
    void whoBidsNothingGetsItsTurnByAgeing() {
        Engine engine = engine(40, MarketConfig.DEFAULT.withAging(Duration.ofMillis(40)));
        ProcessId poor = process(engine, "poor");
        ProcessId rich = process(engine, "rich");
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ContextHandle context = prompt(engine, rich, i, 100);
            context.setBid(OptionalDouble.of(1), true);
            runs.add(context.generate(EngineFaultTest.plan(200)).collect());
        }
        ContextHandle humble = prompt(engine, poor, 9, 60);
        humble.idle(true);
        assertThat(humble.generate(EngineFaultTest.plan(100)).collect().join().tokens())
                .hasSize(100);
        assertThat(engine.explain(poor).events()).extracting(MarketEvent::kind).contains(Kind.AGED);
        runs.forEach(CompletableFuture::join);
        assertThat(engine.stats().market().aged()).isPositive();
    }

    @Test
    void bidsLastAsLongAsTheySay() {
        Engine engine = audit.engine(64, PAGE, 64);
        ProcessId process = audit.process(engine);
        ContextHandle context = prompt(engine, process, 3, 20);
        context.setBid(OptionalDouble.of(0.5), false);
        assertThat(bidAfterAPass(engine, process, context)).isEqualTo(0.5);
        double standard = bidAfterAPass(engine, process, context);
        assertThat(standard).isBetween(0.0, 0.4);
        context.setBid(OptionalDouble.of(0.7), true);
        assertThat(bidAfterAPass(engine, process, context)).isEqualTo(0.7);
        assertThat(bidAfterAPass(engine, process, context)).isEqualTo(0.7);
        context.idle(true);
        assertThat(bidAfterAPass(engine, process, context)).isZero();
        context.idle(true);
        context.idle(false);
        assertThat(bidAfterAPass(engine, process, context))
                .as("one scope is open")
                .isZero();
        context.idle(false);
        assertThat(bidAfterAPass(engine, process, context)).isEqualTo(0.7);
        ContextHandle child = context.fork().join();
        child.append(new int[] {5});
        context.setBid(OptionalDouble.empty(), false);
        assertThat(bidAfterAPass(engine, process, context)).isNotEqualTo(0.7);
        assertThat(bid(
                        engine,
                        process,
                        child,
                        () -> child.execute(PassSpec.FLUSH).join()))
                .isEqualTo(0.7);
        child.append(new int[] {6});
        assertThat(bid(
                        engine,
                        process,
                        child,
                        () -> child.execute(PassSpec.FLUSH).join()))
                .isNotEqualTo(0.7);
        assertThatThrownBy(() -> context.setBid(OptionalDouble.of(-1), false)).isInstanceOf(PieException.class);
        ProcessId fixed = ProcessId.random();
        engine.openProcess(fixed, new OwnerId("other"), Budget.UNLIMITED, 1, OptionalDouble.of(0.25));
        ContextHandle launched = prompt(engine, fixed, 1, 20);
        assertThat(bidAfterAPass(engine, fixed, launched)).isEqualTo(0.25);
        assertThat(bidAfterAPass(engine, fixed, launched)).isEqualTo(0.25);
        engine.closeProcess(fixed).join();
    }

    @Test
    void aGenerationMayKeepItsFirstBid() {
        Engine engine = audit.engine(64, PAGE, 64);
        ProcessId process = audit.process(engine);
        ContextHandle context = prompt(engine, process, 3, 20);
        var steady = context.generate(EngineFaultTest.plan(40).withBidding(0, false));
        steady.step(pie.engine.generate.StepSpec.PLAIN).join();
        double first = state(engine, process, context).bid();
        for (int i = 0; i < 20; i++) {
            steady.step(pie.engine.generate.StepSpec.PLAIN).join();
        }
        assertThat(state(engine, process, context).bid()).isEqualTo(first);
        var urgent = context.generate(EngineFaultTest.plan(40).withBidding(2, true));
        urgent.step(pie.engine.generate.StepSpec.PLAIN).join();
        assertThat(state(engine, process, context).bid())
                .as("a near horizon bids more")
                .isGreaterThan(4 * first);
    }

    @Test
    void whoeverCannotPayIsToldWhereCreditsAreHard() {
        Engine engine = engine(200, MarketConfig.DEFAULT.withHardCredits(true));
        ProcessId process = process(engine, "a");
        ContextHandle context = prompt(engine, process, 0, 70 * PAGE);
        assertThatThrownBy(() -> context.execute(PassSpec.FLUSH).join())
                .cause()
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
                    assertThat(e.details()).containsEntry("budget", "credits");
                });
        assertThat(prompt(engine, process, 0, 60 * PAGE).execute(PassSpec.FLUSH))
                .succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void holdersWithoutWorkDoNotKeepADeviceIdle() {
        Engine engine = engine(32, MarketConfig.DEFAULT.withAging(Duration.ofMinutes(10)));
        ProcessId hoarder = process(engine, "hoarder");
        ContextHandle hoard = prompt(engine, hoarder, 1, 200);
        hoard.setBid(OptionalDouble.of(100), true);
        hoard.execute(PassSpec.FLUSH).join();
        ProcessId worker = process(engine, "worker");
        ContextHandle work = prompt(engine, worker, 2, 150);
        work.setBid(OptionalDouble.of(0), true);
        assertThat(work.generate(EngineFaultTest.plan(30)).collect()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(engine.explain(hoarder).events())
                .anySatisfy(event -> assertThat(event.reason()).isEqualTo(Reason.IDLE_DEVICE));
    }

    private double bidAfterAPass(Engine engine, ProcessId process, ContextHandle context) {
        context.append(new int[] {7});
        return bid(
                engine, process, context, () -> context.execute(PassSpec.FLUSH).join());
    }

    private static double bid(Engine engine, ProcessId process, ContextHandle context, Runnable pass) {
        pass.run();
        return state(engine, process, context).bid();
    }

    private static ContextState state(Engine engine, ProcessId process, ContextHandle context) {
        return engine.explain(process).contexts().stream()
                .filter(state -> state.context() == context.id().value())
                .findFirst()
                .orElseThrow();
    }

    private Engine engine(int pages, MarketConfig market) {
        return audit.engine(
                LeakAudit.hash(pages, PAGE, 64, Map.of("delay_micros", "1000")),
                EngineConfig.DEFAULT.withMarket(market));
    }

    private ProcessId process(Engine engine, String owner) {
        return audit.process(engine, new OwnerId(owner));
    }

    private static ContextHandle prompt(Engine engine, ProcessId process, int family, int tokens) {
        ContextHandle context = engine.createContext(process, true);
        context.append(
                IntStream.range(0, tokens).map(i -> (i * 7 + family * 31) % 300).toArray());
        return context;
    }
}
