package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.adapter.NamedAdapter;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.Generation;
import pie.engine.generate.PassSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.StepSpec;
import pie.engine.model.AdapterFiles;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoraPair;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.ArchiveStats;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.testing.LeakAudit;
import pie.engine.testing.SimDisk;
import pie.engine.testing.TinyModel;

/** Saving and opening: what is opened goes on as what was saved, whatever became of engine, disk and files. */
@Timeout(120)
final class SnapshotTest {
    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private static final int PAGE = 8;

    private final ExecutorService files = Executors.newFixedThreadPool(2, job -> {
        Thread thread = new Thread(job);
        thread.setUncaughtExceptionHandler((where, error) -> assertThat(error).isInstanceOf(SimDisk.Crash.class));
        return thread;
    });
    private SimDisk disk = new SimDisk(InstantSource.system(), 1);
    private SnapshotArchive archive = new SnapshotArchive(disk, InstantSource.system(), Long.MAX_VALUE, Long.MAX_VALUE);
    private Engine engine = engine(64, PAGE, 1);
    private ProcessId process = audit.process(engine);

    @AfterEach
    void end() {
        files.shutdownNow();
    }

    private Engine engine(int pages, int pageSize, long weights) {
        return engine(driver(pages, pageSize, weights));
    }

    private static Driver driver(int pages, int pageSize, long weights) {
        DriverConfig config = new DriverConfig("auto", pageSize, pages, 0, 64, 16, Map.of());
        return new HashDriver(config, TinyModel.VOCAB, TinyModel.CONTEXT, weights);
    }

    private Engine engine(Driver driver) {
        archive = new SnapshotArchive(disk, InstantSource.system(), Long.MAX_VALUE, Long.MAX_VALUE);
        SnapshotStore store = new SnapshotStore(archive, Optional.empty(), files);
        return audit.engine(driver, EngineConfig.DEFAULT, Optional.of(store));
    }

    /** Go on with a new engine, on the same disk. */
    private void restart(Driver driver) {
        engine = engine(driver);
        process = audit.process(engine);
    }

    private void restart() {
        restart(driver(64, PAGE, 1));
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length).map(i -> i * 7 % 300).toArray();
    }

    private ContextHandle context(int written, int pending) {
        ContextHandle context = engine.createContext(process, true);
        context.append(prompt(written));
        context.execute(PassSpec.FLUSH).join();
        context.append(IntStream.range(0, pending).map(i -> i * 3).toArray());
        return context;
    }

    private SnapshotInfo save(ContextHandle context, String name) {
        return context.save(name, false, Optional.empty()).join();
    }

    private ContextHandle open(String name) {
        return engine.openContext(process, name, false).join();
    }

    private static int[] go(ContextHandle context) {
        return context.generate(EngineFaultTest.plan(12)).collect().join().tokens();
    }

    private long rows() {
        EngineStats stats = engine.stats();
        return stats.rowsPrefill() + stats.rowsDecode();
    }

    private static @Nullable ErrorCode code(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(future::join);
        return failure == null ? null : EngineFaultTest.code(failure);
    }

    private List<String> pageFiles() {
        return disk.files().stream().filter(path -> path.startsWith("pages/")).toList();
    }

    @Test
    void whatIsOpenedGoesOnAsWhatWasSaved() {
        ContextHandle saved = context(45, 3);
        SnapshotInfo info = save(saved, "chat/1");
        assertThat(info.tokens()).isEqualTo(48);
        assertThat(info.pages()).isEqualTo(6);
        assertThat(pageFiles()).hasSize(6);
        ContextHandle here = open("chat/1");
        assertThat(here.tokens()).isEqualTo(saved.tokens());
        assertThat(here.pending()).isEqualTo(saved.pending());
        assertThat(here.committedPages()).isEqualTo(saved.committedPages());
        int[] expected = go(saved);
        assertThat(go(here)).isEqualTo(expected);
        restart();
        ContextHandle there = open("chat/1");
        assertThat(rows()).as("rows computed to open").isZero();
        assertThat(there.workingTokens()).isEqualTo(5);
        assertThat(go(there)).isEqualTo(expected);
        assertThat(rows()).isEqualTo(3 + 11);
        assertThat(engine.totals(process).tokensRecomputed()).isZero();
        assertThat(engine.snapshot(OwnerId.LOCAL, "chat/1").join()).isEqualTo(info);
        assertThat(engine.snapshots(OwnerId.LOCAL, "chat/").join()).containsExactly(info);
        assertThat(engine.snapshots(OwnerId.LOCAL, "x").join()).isEmpty();
    }

    @Test
    void rowsOfAnAdapterComeBackOnceItIsLoadedAgain(@TempDir Path folder) {
        AdapterFiles.write(
                AdapterFolder.of(folder),
                List.of(new LoraPair("blk.0.attn_q.weight", 1, 1, 1, 2, new float[] {3}, new float[] {5})));
        NamedAdapter adapter = engine.adapters().create("local", "a");
        adapter.load(AdapterFolder.of(folder));
        ContextHandle saved = engine.createContext(process, true);
        saved.append(prompt(45));
        saved.execute(PassSpec.FLUSH.withAdapter(adapter.current())).join();
        save(saved, "adapted");
        int[] expected = go(saved);
        assertThat(expected).isNotEqualTo(go(context(45, 0)));
        restart();
        assertThat(code(engine.openContext(process, "adapted", false))).isEqualTo(ErrorCode.NOT_FOUND);
        engine.adapters().create("local", "the same under another name").load(AdapterFolder.of(folder));
        ContextHandle there = open("adapted");
        there.suspend().join();
        assertThat(go(there)).isEqualTo(expected);
        restart(driver(64, 2 * PAGE, 1)); // no page fits: all rows are computed again
        engine.adapters().create("local", "a").load(AdapterFolder.of(folder));
        assertThat(go(open("adapted"))).isEqualTo(expected);
    }

    @Test
    void namesAreTakenOverwrittenTakenAndDeleted() {
        ContextHandle context = context(20, 0);
        save(context, "a");
        assertThat(code(context.save("a", false, Optional.empty()))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        context.append(new int[] {5});
        context.save("a", true, Optional.of(Duration.ofHours(1))).join();
        assertThat(engine.snapshot(OwnerId.LOCAL, "a").join().expires()).isPresent();
        ProcessId eve = ProcessId.random();
        engine.openProcess(eve, new OwnerId("eve"), Budget.UNLIMITED, 1);
        assertThat(code(engine.openContext(eve, "a", false))).isEqualTo(ErrorCode.NOT_FOUND);
        engine.closeProcess(eve).join();
        ContextHandle taken = engine.openContext(process, "a", true).join();
        assertThat(taken.tokens()).isEqualTo(context.tokens());
        assertThat(code(engine.openContext(process, "a", true))).isEqualTo(ErrorCode.NOT_FOUND);
        save(context, "a");
        engine.deleteSnapshot(OwnerId.LOCAL, "a").join();
        assertThat(code(engine.deleteSnapshot(OwnerId.LOCAL, "a"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(EngineFaultTest.code(catchThrowable(() -> save(context, ""))))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void anEngineWithoutAStoreSaysSo() {
        Engine bare = audit.engine(16, PAGE, 32);
        ProcessId owner = audit.process(bare);
        ContextHandle context = bare.createContext(owner, true);
        assertThat(EngineFaultTest.code(catchThrowable(() -> save(context, "a"))))
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(code(bare.openContext(owner, "a", false))).isEqualTo(ErrorCode.UNSUPPORTED);
    }

    @Test
    void aDamagedPageIsComputedAgainAndNoOther() {
        ContextHandle saved = context(60, 0);
        save(saved, "a");
        int[] expected = go(saved);
        for (int page = 0; page < pageFiles().size(); page++) {
            String path = pageFiles().get(page);
            disk.flip(path, 8 * 40 + 3);
            restart();
            assertThat(go(open("a"))).as("page %d damaged", page).isEqualTo(expected);
            ArchiveStats stats = archive.stats();
            assertThat(stats.damaged()).isEqualTo(1);
            assertThat(engine.totals(process).tokensRecomputed()).isBetween(4L, 8L);
            ContextHandle again = open("a");
            next(again);
            again.save("b" + page, false, Optional.empty()).join();
            assertThat(pageFiles()).as("written anew").contains(path);
        }
    }

    @Test
    void withoutPageFilesAllIsComputedAgain() throws IOException {
        ContextHandle saved = context(60, 1);
        save(saved, "a");
        int[] expected = go(saved);
        for (String path : pageFiles()) {
            disk.delete(path);
        }
        restart();
        assertThat(go(open("a"))).isEqualTo(expected);
        assertThat(engine.totals(process).tokensRecomputed()).isEqualTo(60);
    }

    @Test
    void anotherPageSizeReplaysAndOtherWeightsFindNothing() {
        ContextHandle saved = context(60, 1);
        save(saved, "a");
        int[] expected = go(saved);
        restart(driver(32, 16, 1));
        ContextHandle other = open("a");
        assertThat(other.committedPages()).isEqualTo(3);
        assertThat(go(other)).isEqualTo(expected);
        restart(driver(64, PAGE, 2));
        assertThat(code(engine.openContext(process, "a", false))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(engine.openContext(process, "a", true))).isEqualTo(ErrorCode.NOT_FOUND);
        restart();
        assertThat(go(open("a"))).isEqualTo(expected);
    }

    @Test
    void pagesAreWrittenOnceAndLoadedWhereTheyAreMissing() {
        ContextHandle saved = context(40, 0);
        save(saved, "a");
        long before = disk.operations();
        save(saved, "b");
        assertThat(disk.operations() - before).as("names only").isLessThan(20);
        saved.suspend().join();
        save(saved, "c");
        assertThat(saved.written()).isEqualTo(40);
        assertThat(engine.stats().pagesCommitted() + engine.stats().pagesWorking())
                .as("still suspended")
                .isZero();
        ContextHandle long1 = context(0, 0);
        long1.append(Arrays.copyOf(prompt(80), 75));
        long1.execute(PassSpec.FLUSH).join();
        save(long1, "d");
        assertThat(pageFiles()).hasSize(10);
        int[] expected = go(long1);
        restart();
        open("a");
        assertThat(go(open("d"))).isEqualTo(expected);
        assertThat(engine.totals(process).tokensRecomputed()).isZero();
        assertThat(engine.stats().pagesCommitted()).as("five shared").isLessThan(12);
    }

    @Test
    void dropsWindowsAndMasksComeBack() throws IOException {
        ContextHandle context = context(50, 0);
        context.dropPrefix(30, 4).join();
        next(context, prompt(21));
        long[][] rows = new long[9][];
        Arrays.setAll(rows, i -> new long[] {0x0f0f_0f0f_0f0f_0f0fL | 1L << 63, 1L << 7 + i, -1L});
        context.execute(new PassSpec(new int[9], null, List.of(), List.of(), null, null, rows, true, false))
                .join();
        context.setWindow(20, 2).join();
        next(context, prompt(13));
        save(context, "a");
        ContextHandle here = open("a");
        int[] expected = go(context);
        assertThat(go(here)).isEqualTo(expected);
        restart();
        ContextHandle there = open("a");
        assertThat(rows()).isZero();
        assertThat(engine.stats().pagesCommitted() + engine.stats().pagesWorking())
                .isLessThan(6);
        ContextHandle fork = there.fork().join();
        fork.suspend().join();
        assertThat(go(there)).isEqualTo(expected);
        assertThat(go(fork)).isEqualTo(expected);
        disk.delete(pageFiles().getFirst());
        disk.delete(pageFiles().getLast());
        restart();
        assertThat(go(open("a"))).as("without some pages").isEqualTo(expected);
    }

    @Test
    void positionsComeBackAndAreComputedAgain() throws IOException {
        ContextHandle context = context(10, 0);
        int[] positions = IntStream.range(0, 20).map(i -> 100 + 3 * i).toArray();
        context.execute(new PassSpec(prompt(20), positions, List.of(), List.of(), null, null, null, true, false))
                .join();
        save(context, "a");
        int[] expected = go(context);
        for (String path : pageFiles()) {
            disk.delete(path);
        }
        restart();
        assertThat(go(open("a"))).isEqualTo(expected);
    }

    @Test
    void pagesOfAnotherSecretAreNotBelieved() {
        ContextHandle context = context(60, 1);
        save(context, "a");
        int[] expected = go(context);
        disk.flip("secret", 100);
        restart();
        assertThat(go(open("a"))).isEqualTo(expected);
        assertThat(engine.totals(process).tokensRecomputed()).isEqualTo(60);
        engine.checkIntegrity();
    }

    private static int next(ContextHandle context, int... tokens) {
        List<SampleSpec> last = List.of(new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1));
        return context.execute(new PassSpec(tokens, null, last, List.of(), null, null, null, true, false))
                .join()
                .tokens()
                .getFirst()[0];
    }

    @Test
    void aGenerationIsSavedAsDelivered() {
        ContextHandle context = context(20, 2);
        Generation generation = context.generate(EngineFaultTest.plan(30));
        List<Integer> delivered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            delivered.add(generation.step(StepSpec.PLAIN).join().tokens()[0]);
        }
        save(context, "a");
        int[] rest = generation.collect().join().tokens();
        ContextHandle opened = open("a");
        assertThat(opened.tokens()).hasSize(27);
        assertThat(opened.tail(1)).containsExactly(delivered.getLast());
        assertThat(go(opened)).isEqualTo(Arrays.copyOf(rest, 12));
    }

    @Test
    void shortPagesLoadWhatFitsAndComputeTheRest() {
        ContextHandle saved = context(100, 1);
        save(saved, "a");
        int[] expected = go(saved);
        restart(driver(17, PAGE, 1));
        ContextHandle holder = context(70, 0);
        assertThat(go(open("a"))).isEqualTo(expected);
        assertThat(go(holder)).hasSize(12);
    }

    @Test
    void copiesThatFailCostComputingOnly() {
        restart(new FaultyDriver(driver(64, PAGE, 1), 3, 0.5, FaultyDriver.Fault.NAN));
        ContextHandle saved = engine.createContext(process, true);
        saved.append(prompt(61));
        while (code(saved.execute(PassSpec.FLUSH)) != null) {
            assertThat(saved.written()).isZero();
        }
        for (int i = 0; i < 8; i++) {
            save(saved, "a" + i);
        }
        restart();
        int[] expected = go(context(61, 0));
        for (int i = 0; i < 8; i++) {
            assertThat(go(open("a" + i))).isEqualTo(expected);
        }
    }

    /** The last row is not in a page of its own, and sees pages that no row after it does. */
    @Test
    void rowsThatCannotBeCopiedSeeWhatWasDroppedBehindThem() {
        ContextHandle saved = context(6 * PAGE + 3, 0);
        saved.dropPrefix(6 * PAGE, 0).join();
        save(saved, "a");
        int expected = next(saved, 5);
        restart(new FaultyDriver(driver(64, PAGE, 1), FaultPlan.parse("copy=1")));
        assertThat(next(open("a"), 5)).isEqualTo(expected);
        assertThat(engine.totals(process).tokensRecomputed()).isEqualTo(6 * PAGE + 3);
    }

    @Test
    void whoGivesUpLeavesNothingBehind() {
        for (int i = 0; i < 20; i++) {
            ContextHandle context = context(40 + i, 0);
            CompletableFuture<SnapshotInfo> save = context.save("a" + i, false, Optional.empty());
            save.cancel(true);
            assertThat(go(context)).hasSize(12);
            save(context, "b" + i);
            CompletableFuture<ContextHandle> open = engine.openContext(process, "b" + i, i % 2 == 0);
            if (i % 3 > 0) {
                open.cancel(true);
            } else {
                engine.closeProcess(process).join();
                process = audit.process(engine);
            }
            context.close();
        }
        engine.checkIntegrity();
    }

    @Test
    void aFullDiskIsToldAndTheContextGoesOn() {
        ContextHandle context = context(40, 1);
        ContextHandle copy = context.fork().join();
        disk.breakAt(disk.operations() + 10, SimDisk.Fault.FULL);
        assertThat(code(context.save("a", false, Optional.empty()))).isEqualTo(ErrorCode.STORAGE_FULL);
        save(context, "a");
        assertThat(go(open("a"))).isEqualTo(go(copy));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatWasAcknowledgedSurvivesACrash(long seed) throws Exception {
        Random random = new Random(seed);
        Map<String, int[]> acknowledged = new HashMap<>();
        Map<String, int[]> maybe = new HashMap<>();
        ContextHandle[] contexts = {context(30, 0), context(17, 2)};
        disk.breakAt(20 + random.nextInt(150), SimDisk.Fault.CRASH);
        while (maybe.isEmpty()) {
            ContextHandle context = contexts[random.nextInt(2)];
            context.generate(EngineFaultTest.plan(1 + random.nextInt(9)))
                    .collect()
                    .join();
            String name = "n" + random.nextInt(3);
            int[] tokens = context.tokens();
            try {
                context.save(name, true, Optional.empty()).get(500, TimeUnit.MILLISECONDS);
                acknowledged.put(name, tokens);
            } catch (TimeoutException e) {
                maybe.put(name, tokens);
            }
        }
        disk.crash();
        restart();
        for (String name : List.of("n0", "n1", "n2")) {
            int[] before = acknowledged.get(name);
            int[] after = maybe.get(name);
            CompletableFuture<ContextHandle> open = engine.openContext(process, name, false);
            if (code(open) == ErrorCode.NOT_FOUND) {
                assertThat(before).isNull();
                continue;
            }
            int[] tokens = open.join().tokens();
            assertThat(Arrays.equals(tokens, before) || Arrays.equals(tokens, after))
                    .as("old or new")
                    .isTrue();
            ContextHandle plain = engine.createContext(process, false);
            plain.append(tokens);
            assertThat(go(open.join())).isEqualTo(go(plain));
        }
        assertThat(archive.stats().damaged()).isZero();
    }
}
