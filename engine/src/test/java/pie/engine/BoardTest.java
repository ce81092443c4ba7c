package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.PassSpec;
import pie.engine.process.Pace;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.testing.LeakAudit;

@Timeout(120)
final class BoardTest {
    private static final int CELLS = 24;

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    @Test
    void aReaderSeesOneWritingWhole() throws InterruptedException {
        var board = new Board(CELLS);
        var over = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long n = 1; !over.get(); n++) {
                board.begin();
                for (int i = 0; i < CELLS; i++) {
                    board.put(n * i);
                }
                board.end();
            }
        });
        long last = 0;
        for (int reads = 0; reads < 20_000; reads++) {
            Board.Reading reading = board.read();
            reading.next();
            long n = reading.next();
            for (int i = 2; i < CELLS; i++) {
                assertThat(reading.next()).isEqualTo(n * i);
            }
            assertThat(n).as("time does not run backwards").isGreaterThanOrEqualTo(last);
            last = n;
        }
        over.set(true);
        writer.join();
    }

    @Test
    void numbersComeBackInTheirOrder() {
        var board = new Board(3);
        board.begin();
        board.put(-1);
        board.put(0.25);
        board.put(Integer.MAX_VALUE);
        board.end();
        Board.Reading reading = board.read();
        assertThat(reading.next()).isEqualTo(-1);
        assertThat(reading.nextDouble()).isEqualTo(0.25);
        assertThat(reading.nextInt()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void whatIsAnsweredIsOnTheBoardsAlready() {
        Engine engine = audit.engine(64, 8, 64);
        ProcessId process = audit.process(engine);
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 40).toArray());
        context.generate(EngineFaultTest.plan(30)).collect().join();
        ProcessTotals glance = engine.glance(process).orElseThrow();
        assertThat(glance.tokensIn()).isEqualTo(40);
        assertThat(glance.tokensOut()).isEqualTo(30);
        assertThat(glance.contexts()).isOne();
        assertThat(glance.pagesHeld()).isEqualTo(9);
        Pace pace = glance.pace();
        assertThat(pace.tokenGaps()).isEqualTo(29);
        assertThat(pace.tokenGapNanos()).isPositive();
        assertThat(pace.firstTokenAt()).isNotZero();
        assertThat(pace.workNanos()).isGreaterThanOrEqualTo(pace.tokenGapNanos());
        assertThat(pace.excluded()).isZero();
        EngineFigures figures = engine.figures();
        assertThat(figures.tokensDecoded()).isEqualTo(29);
        assertThat(figures.tokensPrefilled()).isEqualTo(40);
        assertThat(figures.tokenGaps()).isEqualTo(29);
        assertThat(figures.stats().tokensGenerated()).isEqualTo(30);
        assertThat(figures.topRows()).isEqualTo(40);
        assertThat(figures.topRequests()).isOne();
        assertThat(figures.stepsBySize()[0])
                .as("steps of one sequence")
                .isEqualTo(figures.stats().steps());
        assertThat(figures.stats())
                .usingRecursiveComparison()
                .ignoringFields("queueDepth", "market.balances", "market.refilled")
                .isEqualTo(engine.stats());
        assertThat(glance)
                .usingRecursiveComparison()
                .ignoringFields("pageSeconds", "market.balance")
                .isEqualTo(engine.totals(process));
    }

    @Test
    void theBoardsAreReadWhileTheLoopStandsStill() throws InterruptedException {
        Engine engine = audit.engine(64, 8, 64);
        ProcessId process = audit.process(engine);
        ContextHandle context = engine.createContext(process, true);
        context.append(IntStream.range(0, 16).toArray());
        context.execute(PassSpec.FLUSH).join();
        var standing = new java.util.concurrent.CountDownLatch(1);
        var go = new java.util.concurrent.CountDownLatch(1);
        engine.loop().completion(() -> {
            standing.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        standing.await();
        assertThat(engine.figures().stats().pagesCommitted()).isEqualTo(2);
        assertThat(engine.glance(process).orElseThrow().tokensIn()).isEqualTo(16);
        go.countDown();
    }

    @Test
    void aProcessThatIsNotOpenHasNoBoard() {
        Engine engine = audit.engine(64, 8, 64);
        assertThat(engine.glance(ProcessId.random())).isEmpty();
        assertThat(engine.figures().stats().pagesTotal()).isEqualTo(64);
    }

    @Test
    void waitingForPagesIsTold() {
        Engine small = audit.engine(16, 8, 64);
        ProcessId first = audit.process(small);
        ProcessId second = audit.process(small);
        var runs = new java.util.ArrayList<java.util.concurrent.CompletableFuture<?>>();
        for (int i = 0; i < 8; i++) {
            ContextHandle context = small.createContext(i % 2 == 0 ? first : second, true);
            context.append(
                    IntStream.range(i * 40, i * 40 + 60).map(t -> t % 300).toArray());
            runs.add(context.generate(EngineFaultTest.plan(40)).collect());
        }
        runs.forEach(java.util.concurrent.CompletableFuture::join);
        Pace a = small.glance(first).orElseThrow().pace();
        Pace b = small.glance(second).orElseThrow().pace();
        assertThat(a.allocationNanos() + b.allocationNanos())
                .as("eight contexts of 13 pages share 16")
                .isPositive();
        assertThat(a.excluded() + b.excluded()).isZero();
        assertThat(small.figures().stats().market().waiters()).isZero();
        assertThat(a.rows() + b.rows())
                .isEqualTo(small.stats().rowsPrefill() + small.stats().rowsDecode());
    }
}
