package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.generate.PassSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

/** Drops, windows, masks and published pages: what rows see, and which pages that frees. */
@Timeout(120)
final class VisibilityTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private static final int PAGE = 8;

    private final Engine engine = audit.engine(64, PAGE, 64);
    private final ProcessId process = audit.process(engine);

    private ContextHandle context(Engine on, ProcessId owner, int length) {
        ContextHandle context = on.createContext(owner, true);
        context.append(IntStream.range(0, length).map(i -> i * 7 % 300).toArray());
        context.execute(PassSpec.FLUSH).join();
        return context;
    }

    private static PassSpec pass(int[] tokens, long @Nullable [][] attention, boolean causal, boolean defer) {
        List<SampleSpec> last = List.of(new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1));
        return new PassSpec(tokens, null, last, List.of(), null, null, attention, causal, defer);
    }

    private static int next(ContextHandle context, int... tokens) {
        return context.execute(pass(tokens, null, true, false)).join().tokens().getFirst()[0];
    }

    private int held() {
        EngineStats stats = engine.stats();
        return stats.pagesWorking() + stats.pagesCommitted();
    }

    private static @Nullable ErrorCode code(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(future::join);
        return failure == null ? null : EngineFaultTest.code(failure);
    }

    @Test
    void aDroppedPrefixGivesItsPagesBack() {
        ContextHandle context = context(engine, process, 100);
        assertThat(held()).isEqualTo(13);
        context.dropPrefix(83, 10).join();
        assertThat(held())
                .as("two pages of sink, ten dropped less one cut, the rest")
                .isEqualTo(13 - 8);
        assertThat(context.written()).isEqualTo(100);
        assertThat(context.committedPages()).isEqualTo(12);
        assertThat(context.tokens()).hasSize(100);
        int token = next(context, 5);
        context.suspend().join();
        assertThat(held()).isZero();
        assertThat(next(context)).as("read again after a replay").isEqualTo(token);
        assertThat(held()).isEqualTo(5);
        assertThat(code(context.dropPrefix(102, 0))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(context.dropPrefix(10, 11))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        context.close();
    }

    @Test
    void aWindowHoldsAConstantNumberOfPages() {
        ContextHandle context = context(engine, process, 40);
        context.setWindow(16, 4).join();
        for (int i = 0; i < 80; i++) {
            next(context, i);
            assertThat(held()).as("after row %d", i).isBetween(3, 4);
        }
        ContextHandle fork = context.fork().join();
        fork.suspend().join();
        assertThat(next(fork, 9)).isEqualTo(next(context, 9));
        context.setWindow(0, 0).join();
        fork.setWindow(0, 0).join();
        context.suspend().join();
        assertThat(next(context, 3)).isEqualTo(next(fork, 3));
        context.close();
        fork.close();
    }

    @Test
    void aLongWindowedContextFitsAFewPages() {
        Engine small = audit.engine(8, PAGE, 16);
        ContextHandle context = small.createContext(audit.process(small), true);
        ContextHandle large = engine.createContext(process, true);
        for (ContextHandle each : List.of(context, large)) {
            each.setWindow(20, 3).join();
        }
        for (int i = 0; i < 40; i++) {
            int[] tokens = {i, i * 3, i * 5 % 200, i, 7, 7, i};
            if (i % 9 == 8) {
                context.suspend().join();
            }
            assertThat(next(context, tokens)).as("pass %d", i).isEqualTo(next(large, tokens));
        }
        assertThat(context.written()).isEqualTo(280);
        large.close();
    }

    @Test
    void theLastRowCanBeReadAgainAtThePagesEdge() {
        for (int w : new int[] {1, 8, 9, 10, 17}) {
            ContextHandle context = context(engine, process, 40);
            context.setWindow(w, 0).join();
            int token = next(context, prompt(8));
            assertThat(context.workingTokens()).isZero();
            assertThat(next(context)).as("window of %d", w).isEqualTo(token);
            context.close();
        }
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length).map(i -> i * 5 % 300).toArray();
    }

    @Test
    void tokensThatWereDroppedCannotBeCutOff() {
        ContextHandle context = engine.createContext(process, true);
        context.execute(pass(new int[30], null, true, true)).join();
        context.dropPrefix(21, 2).join();
        assertThat(code(context.truncate(10))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(context.truncateWorkingPageTokens(10))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(context.releaseWorkingPages(2))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        context.truncate(9).join();
        assertThat(context.written()).isEqualTo(21);
        context.close();
    }

    @Test
    void pagesAreSharedByWhatTheirRowsSaw() {
        ContextHandle one = context(engine, process, 40);
        ContextHandle two = context(engine, process, 40);
        one.setWindow(12, 0).join();
        two.setWindow(12, 0).join();
        int[] tokens = IntStream.range(0, 30).toArray();
        long before = engine.totals(process).tokensReused();
        int token = next(one, tokens);
        assertThat(next(two, tokens)).isEqualTo(token);
        assertThat(engine.totals(process).tokensReused() - before)
                .as("three pages under one window")
                .isEqualTo(24);
        ContextHandle plain = context(engine, process, 40);
        before = engine.totals(process).tokensReused();
        assertThat(next(plain, tokens)).isNotEqualTo(token);
        ContextHandle other = context(engine, process, 40);
        other.setWindow(13, 0).join();
        before = engine.totals(process).tokensReused() - before;
        next(other, tokens);
        assertThat(before).isLessThanOrEqualTo(32);
        for (ContextHandle each : List.of(one, two, plain, other)) {
            each.close();
        }
    }

    @Test
    void maskedRowsAreComputedAgain() {
        for (boolean causal : new boolean[] {true, false}) {
            ContextHandle context = context(engine, process, 21);
            ContextHandle copy = context.fork().join();
            long[][] rows = new long[12][];
            Arrays.setAll(rows, i -> new long[] {0x5555_5555_5555L | 1L << 21 + i});
            int[] tokens = IntStream.range(50, 62).toArray();
            int a = context.execute(pass(tokens, rows, causal, false))
                    .join()
                    .tokens()
                    .getFirst()[0];
            int b = copy.execute(pass(tokens, rows, causal, false))
                    .join()
                    .tokens()
                    .getFirst()[0];
            assertThat(b).isEqualTo(a);
            context.suspend().join();
            assertThat(context.fork().join().tokens()).hasSize(33);
            assertThat(next(context)).as("the last row again").isEqualTo(a);
            copy.suspend().join();
            assertThat(next(copy, 3)).isEqualTo(next(context, 3));
            engine.checkIntegrity();
        }
    }

    @Test
    void publishedPagesAreFoundByOtherOwners() {
        ProcessId stranger = ProcessId.random();
        engine.openProcess(stranger, new OwnerId("eve"), Budget.UNLIMITED, 1);
        ContextHandle mine = context(engine, process, 60);
        context(engine, stranger, 60).close();
        assertThat(engine.totals(stranger).tokensReused()).isZero();
        assertThat(engine.stats().pagesRetained())
                .as("equal pages of two owners are two")
                .isEqualTo(7);
        Engine other = audit.engine(64, PAGE, 64);
        ProcessId owner = audit.process(other);
        ProcessId eve = ProcessId.random();
        other.openProcess(eve, new OwnerId("eve"), Budget.UNLIMITED, 1);
        ContextHandle source = context(other, owner, 60);
        source.publish().join();
        int expected = next(mine, 1);
        assertThat(next(source, 1)).isEqualTo(expected);
        ContextHandle found = context(other, eve, 60);
        assertThat(other.totals(eve).tokensReused()).isEqualTo(56);
        assertThat(next(found, 1)).isEqualTo(expected);
        assertThat(other.stats().pagesCommitted() + other.stats().pagesWorking())
                .as("seven shared and a tail each")
                .isEqualTo(9);
        int[] later = IntStream.range(0, 20).toArray();
        next(source, later);
        next(found, later);
        assertThat(other.totals(eve).tokensReused())
                .as("later pages are private again")
                .isEqualTo(56);
        source.suspend().join();
        found.close();
        source.publish().join();
        next(source, 2);
        context(other, eve, 60).close();
        assertThat(other.totals(eve).tokensReused()).isEqualTo(112);
        engine.closeProcess(stranger).join();
        other.closeProcess(eve).join();
    }

    /** What the rows of a context should see, kept by hand. */
    private static final class Model {
        final BitSet dropped = new BitSet();
        int window;
        int sink;

        Model copy() {
            Model copy = new Model();
            copy.dropped.or(dropped);
            copy.window = window;
            copy.sink = sink;
            return copy;
        }

        void drop(int n, int s) {
            dropped.set(s, n);
        }

        void window(int written, int w, int s) {
            if (window > 0 && written - window + 1 > sink) {
                dropped.set(sink, written - window + 1);
            }
            window = w;
            sink = s;
        }

        long[][] rows(int from, int count) {
            long[][] rows = new long[count][];
            for (int i = 0; i < count; i++) {
                int row = from + i;
                BitSet seen = new BitSet();
                for (int slot = 0; slot <= row; slot++) {
                    seen.set(slot, !dropped.get(slot) && (window == 0 || slot < sink || slot > row - window));
                }
                if (seen.isEmpty()) {
                    seen.set(row);
                }
                rows[i] = Arrays.copyOf(seen.toLongArray(), row / 64 + 1);
            }
            return rows;
        }
    }

    private record Pair(ContextHandle tested, ContextHandle masked, Model model) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyDropsAndWindowsEqualMasksByHand(long seed) {
        Random random = new Random(seed);
        Engine tight = audit.engine(24, PAGE, 32);
        ProcessId owner = audit.process(tight);
        Engine roomy = audit.engine(LeakAudit.hash(512, PAGE, 256, Map.of()), EngineConfig.DEFAULT);
        ProcessId other = audit.process(roomy);
        Pair[] pairs = new Pair[3];
        for (int i = 0; i < 3; i++) {
            pairs[i] = new Pair(tight.createContext(owner, true), roomy.createContext(other, false), new Model());
        }
        for (int round = 0; round < 120; round++) {
            int at = random.nextInt(3);
            Pair pair = pairs[at];
            int written = pair.tested.written();
            switch (random.nextInt(7)) {
                case 0 -> {
                    int n = random.nextInt(written + 1);
                    int sink = random.nextInt(n + 1);
                    pair.tested.dropPrefix(n, sink).join();
                    pair.model.drop(n, sink);
                }
                case 1 -> {
                    int w = random.nextInt(30);
                    int sink = random.nextInt(12);
                    pair.tested.setWindow(w, sink).join();
                    pair.model.window(written, w, sink);
                }
                case 2 -> pair.tested.suspend().join();
                case 3 -> {
                    Pair to = pairs[(at + 1) % 3];
                    to.tested.close();
                    to.masked.close();
                    pairs[(at + 1) % 3] = new Pair(
                            pair.tested.fork().join(), pair.masked.fork().join(), pair.model.copy());
                }
                case 4 -> {
                    int n = random.nextInt(10);
                    if (code(pair.tested.truncate(n).thenApply(v -> 1)) == null) {
                        pair.masked.truncate(n).join();
                    }
                }
                default -> {
                    int[] tokens = random.ints(1 + random.nextInt(14), 0, 4).toArray();
                    boolean defer = random.nextInt(3) == 0;
                    long[][] rows = pair.model.rows(written, tokens.length);
                    int expected = pair.masked
                            .execute(pass(tokens, rows, true, defer))
                            .join()
                            .tokens()
                            .getFirst()[0];
                    int actual = pair.tested
                            .execute(pass(tokens, null, true, defer))
                            .join()
                            .tokens()
                            .getFirst()[0];
                    assertThat(actual).as("round %d, row %d", round, written).isEqualTo(expected);
                    assertThat(next(pair.tested)).as("read again").isEqualTo(expected);
                }
            }
            tight.checkIntegrity();
            roomy.checkIntegrity();
            if (pair.tested.written() > 150) {
                pair.tested.close();
                pair.masked.close();
                pairs[at] = new Pair(tight.createContext(owner, true), roomy.createContext(other, false), new Model());
            }
        }
    }
}
