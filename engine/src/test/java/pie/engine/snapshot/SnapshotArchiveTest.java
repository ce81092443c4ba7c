package pie.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.kv.Lineage;
import pie.engine.kv.MaskSpan;
import pie.engine.kv.PageKey;
import pie.engine.kv.Visibility;
import pie.engine.process.OwnerId;
import pie.engine.testing.SimDisk;

final class SnapshotArchiveTest {
    private static final String MODEL = "weights/layout/class";
    private static final int PAGE = 4;
    private static final long PAGE_BYTES = 200;

    private long now = 1_000_000_000_000L;
    private final InstantSource clock = () -> Instant.ofEpochMilli(now);
    private SimDisk disk = new SimDisk(clock, 1);
    private SnapshotArchive archive = archive(Long.MAX_VALUE, Long.MAX_VALUE);

    private SnapshotArchive archive(long max, long owner) {
        return new SnapshotArchive(disk, clock, max, owner);
    }

    private static SnapshotKey key(String name) {
        return new SnapshotKey(OwnerId.LOCAL, "tiny", name);
    }

    /** Make a context of {@code version + tokens} pages, the first of which are the same for all. */
    private static SavedContext context(int version, int tokens) {
        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            ids[i] = i < 2 * PAGE ? i : 100 * version + i;
        }
        List<SavedContext.Page> pages = new ArrayList<>();
        for (int from = 0; from < tokens; from += PAGE) {
            int rows = Math.min(PAGE, tokens - from);
            long low = from < 2 * PAGE ? 0 : version;
            pages.add(new SavedContext.Page(Optional.of(new PageKey(from * 77L + rows, low)), rows));
        }
        Lineage lineage = new Lineage(
                ids,
                version % 2 == 0 ? null : ids,
                tokens - 1,
                tokens / PAGE * PAGE,
                List.of(new MaskSpan(3, 2, true, new long[][] {{version, -1}, {7}}), new MaskSpan(5, 2, false, null)),
                List.of(new Visibility(4, new int[] {0, 2, 3, version + 4}, 9, 1)));
        return new SavedContext("weights", MODEL, PAGE, lineage, pages);
    }

    private static byte[] payload(PageKey key) {
        byte[] bytes = new byte[64];
        new Random(key.high() * 31 + key.low()).nextBytes(bytes);
        return bytes;
    }

    private SnapshotInfo save(String name, SavedContext context, boolean overwrite) {
        List<PageKey> keys =
                context.pages().stream().map(page -> page.key().orElseThrow()).toList();
        try (SnapshotSave save = archive.begin(key(name), overwrite, keys, PAGE_BYTES)) {
            for (SavedContext.Page page : context.pages()) {
                PageKey key = page.key().orElseThrow();
                if (save.missing().contains(key)) {
                    save.page(MODEL, key, page.rows(), ByteBuffer.wrap(payload(key)));
                }
            }
            return save.commit(context, Optional.empty());
        }
    }

    /** Open and check that every page is there and right. Return the tokens. */
    private int[] open(String name) {
        try (OpenedSnapshot open = archive.open(key(name), "weights")) {
            for (SavedContext.Page page : open.saved().pages()) {
                PageKey key = page.key().orElseThrow();
                ByteBuffer read = open.page(key, page.rows()).orElseThrow();
                assertThat(read).isEqualTo(ByteBuffer.wrap(payload(key)));
            }
            return open.saved().lineage().tokens();
        }
    }

    private void restart() {
        archive = archive(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static @Nullable ErrorCode code(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowable(call) instanceof PieException e ? e.code() : null;
    }

    @Test
    void whatIsSavedIsOpenedAlsoAfterARestart() {
        SavedContext context = context(3, 23);
        SnapshotInfo info = save("a/b", context, false);
        assertThat(info.tokens()).isEqualTo(23);
        assertThat(info.pages()).isEqualTo(6);
        for (int i = 0; i < 2; i++) {
            assertThat(open("a/b")).isEqualTo(context.lineage().tokens());
            try (OpenedSnapshot open = archive.open(key("a/b"), "weights")) {
                assertThat(open.saved()).usingRecursiveComparison().isEqualTo(context);
            }
            assertThat(archive.list(OwnerId.LOCAL, Optional.empty(), "a/")).containsExactly(info);
            assertThat(archive.list(OwnerId.LOCAL, Optional.of("tiny"), "b")).isEmpty();
            assertThat(archive.list(new OwnerId("eve"), Optional.empty(), "")).isEmpty();
            restart();
        }
        assertThat(code(() -> archive.open(new SnapshotKey(new OwnerId("eve"), "tiny", "a/b"), "weights")))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    /** What a program was told it has not lost it must find again. */
    @ParameterizedTest
    @EnumSource(names = {"SYNC", "TORN"})
    void aRemovalThatFailsRemovesNothing(SimDisk.Fault fault) {
        SavedContext context = context(1, 9);
        save("a", context, false);
        disk.breakAt(disk.operations() + (fault == SimDisk.Fault.SYNC ? 1 : 0), fault);
        assertThat(code(() -> archive.delete(key("a")))).isEqualTo(ErrorCode.INTERNAL);
        assertThat(open("a")).isEqualTo(context.lineage().tokens());
        try (OpenedSnapshot taken = archive.open(key("a"), "weights")) {
            disk.breakAt(disk.operations() + (fault == SimDisk.Fault.SYNC ? 1 : 0), fault);
            assertThat(code(taken::remove)).isEqualTo(ErrorCode.INTERNAL);
        }
        restart();
        assertThat(open("a")).isEqualTo(context.lineage().tokens());
        archive.delete(key("a"));
        restart();
        assertThat(code(() -> archive.delete(key("a")))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(disk.files()).noneMatch(file -> file.endsWith(".tmp"));
    }

    @Test
    void aNameIsTakenUntilItIsOverwrittenDeletedOrTaken() {
        save("a", context(1, 9), false);
        assertThat(code(() -> save("a", context(2, 9), false))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        save("a", context(2, 13), true);
        assertThat(open("a")).hasSize(13);
        try (OpenedSnapshot taken = archive.open(key("a"), "weights")) {
            taken.remove();
            assertThat(code(taken::remove)).isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(code(() -> open("a"))).isEqualTo(ErrorCode.NOT_FOUND);
        save("a", context(1, 9), false);
        archive.delete(key("a"));
        assertThat(code(() -> archive.delete(key("a")))).isEqualTo(ErrorCode.NOT_FOUND);
        restart();
        assertThat(code(() -> open("a"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(archive.stats().snapshots()).isZero();
    }

    @Test
    void takingFindsTheVersionThatWasOpened() {
        save("a", context(1, 9), false);
        try (OpenedSnapshot old = archive.open(key("a"), "weights")) {
            save("a", context(2, 13), true);
            assertThat(code(old::remove)).isEqualTo(ErrorCode.NOT_FOUND);
        }
        assertThat(open("a")).hasSize(13);
        assertThat(code(() -> archive.open(key("a"), "other"))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void twoSavesOfOneNameAtOnceAreToldApart() {
        SnapshotSave first = archive.begin(key("a"), false, List.of(), PAGE_BYTES);
        assertThat(code(() -> save("a", context(1, 5), false))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        first.close();
        save("a", context(1, 5), false);
    }

    @Test
    void ttlEnds() {
        SavedContext context = context(1, 9);
        try (SnapshotSave save = archive.begin(key("a"), false, List.of(), PAGE_BYTES)) {
            save.commit(context, Optional.of(Duration.ofSeconds(60)));
        }
        now += 59_999;
        archive.open(key("a"), "weights").close();
        now += 1;
        assertThat(code(() -> archive.open(key("a"), "weights"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(archive.list(OwnerId.LOCAL, Optional.empty(), "")).isEmpty();
        save("a", context, false);
        now += 59_999;
        archive.sweep();
        open("a");
    }

    @Test
    void pagesGoTenMinutesAfterTheirLastSnapshot() {
        save("a", context(1, 16), false);
        save("b", context(2, 16), false);
        assertThat(archive.stats().pages()).as("two pages are shared").isEqualTo(6);
        archive.delete(key("a"));
        now += Duration.ofMinutes(10).toMillis();
        archive.sweep();
        assertThat(archive.stats().pages()).isEqualTo(6);
        now += 1;
        archive.sweep();
        assertThat(archive.stats().pages()).isEqualTo(4);
        open("b");
        OpenedSnapshot open = archive.open(key("b"), "weights");
        open.remove();
        now += Duration.ofHours(1).toMillis();
        archive.sweep();
        assertThat(archive.stats().pages()).as("pages in use").isEqualTo(4);
        open.close();
        restart();
        now += 1;
        archive.sweep();
        assertThat(disk.files()).noneMatch(path -> path.endsWith(".kv"));
        assertThat(archive.stats().bytes()).isZero();
    }

    @Test
    void limitsHold() {
        archive = archive(1_200, Long.MAX_VALUE);
        save("a", context(1, 20), false);
        assertThat(code(() -> save("b", context(2, 60), false))).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        archive.delete(key("a"));
        save("b", context(2, 20), false);
        assertThat(disk.files().stream().filter(path -> path.endsWith(".kv")))
                .as("what nobody holds makes room")
                .hasSize(5);
        archive = archive(Long.MAX_VALUE, 2_200);
        assertThat(code(() -> save("c", context(3, 40), false))).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        save("b", context(3, 20), true);
    }

    @Test
    void everyTurnedBitIsFound() {
        SavedContext context = context(1, 7);
        save("a", context, false);
        Random random = new Random(5);
        for (String path : disk.files()) {
            if (path.endsWith(".snap") || path.endsWith(".kv")) {
                int bits = 8 * readable(path).length;
                for (int i = 0; i < 40; i++) {
                    int bit = random.nextInt(bits);
                    disk.flip(path, bit);
                    restart();
                    if (path.endsWith(".snap")) {
                        assertThat(code(() -> archive.open(key("a"), "weights")))
                                .isEqualTo(ErrorCode.NOT_FOUND);
                        save("a", context, false);
                    } else {
                        assertDamagedPage();
                        archive.delete(key("a"));
                        save("a", context, false);
                    }
                    assertThat(archive.stats().damaged()).isEqualTo(1);
                    open("a");
                }
            }
        }
        assertThat(disk.files()).anyMatch(path -> path.startsWith("damaged/"));
    }

    private byte[] readable(String path) {
        try {
            return disk.read(path);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertDamagedPage() {
        int lost = 0;
        try (OpenedSnapshot open = archive.open(key("a"), "weights")) {
            for (SavedContext.Page page : open.saved().pages()) {
                Optional<ByteBuffer> read = open.page(page.key().orElseThrow(), page.rows());
                lost += read.isEmpty() ? 1 : 0;
                read.ifPresent(bytes -> assertThat(bytes)
                        .isEqualTo(ByteBuffer.wrap(payload(page.key().orElseThrow()))));
            }
        }
        assertThat(lost).isEqualTo(1);
    }

    @Test
    void aPageOfAnotherModelIsRefused() {
        save("a", context(1, 4), false);
        PageKey key = context(1, 4).pages().getFirst().key().orElseThrow();
        try (SnapshotSave save = archive.begin(key("b"), false, List.of(key), PAGE_BYTES)) {
            save.page("other", key, PAGE, ByteBuffer.wrap(payload(key)));
        }
        try (OpenedSnapshot open = archive.open(key("a"), "weights")) {
            assertThat(open.page(key, PAGE)).isEmpty();
        }
    }

    @Test
    void aReadThatFailsIsToldOrWorkedAround() {
        save("a", context(1, 8), false);
        disk.breakAt(disk.operations(), SimDisk.Fault.READ);
        assertThat(code(() -> open("a"))).isEqualTo(ErrorCode.INTERNAL);
        open("a");
        disk.breakAt(disk.operations() + 1, SimDisk.Fault.READ);
        assertDamagedPage();
    }

    @Test
    void theSecretIsMadeOnce() {
        long[] secret = archive.secret();
        disk.crash();
        restart();
        assertThat(archive.secret()).isEqualTo(secret);
        disk.flip("secret", 100);
        assertThat(archive.secret()).isNotEqualTo(secret);
    }

    @Test
    void namesOfAllKindsMakeFileNamesOfTheirOwn() {
        Map<String, String> seen = new HashMap<>();
        for (String name : List.of(
                "a", "A", "a/b", "a%2fb", ".", "..", ".a", "a.b", "é", "=x", "x".repeat(512), "é".repeat(256))) {
            String path = key(name).path();
            assertThat(seen.put(path.toLowerCase(java.util.Locale.ROOT), name)).isNull();
            assertThat(path).matches("names/local/tiny/[^/]{1,210}");
            save(name, context(1, 5), false);
            open(name);
        }
        assertThat(code(() -> key(""))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(() -> key("x\0"))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(() -> key("é".repeat(257)))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    /** Save, overwrite and delete by seed. What is acknowledged is noted, with what may be there besides. */
    private final class Story {
        final Map<String, int[]> held = new TreeMap<>();

        @Nullable
        String unsure;

        int @Nullable [] maybe;
        int refused;

        void tell(long seed, int length) {
            Random random = new Random(seed);
            for (int i = 0; i < length; i++) {
                String name = "n" + random.nextInt(3);
                SavedContext context = context(i, 1 + random.nextInt(14));
                boolean delete = held.containsKey(name) && random.nextInt(4) == 0;
                unsure = name;
                maybe = delete ? null : context.lineage().tokens();
                try {
                    if (delete) {
                        archive.delete(key(name));
                        held.remove(name);
                    } else {
                        save(name, context, held.containsKey(name));
                        held.put(name, context.lineage().tokens());
                    }
                } catch (PieException e) {
                    assertThat(e.code()).isIn(ErrorCode.STORAGE_FULL, ErrorCode.INTERNAL);
                    refused++;
                    settle(name);
                }
                unsure = null;
            }
        }

        /** After a fault the name is as before, or as it would have been. */
        void settle(String name) {
            int[] before = held.get(name);
            int[] found = null;
            try {
                found = open(name);
            } catch (PieException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            }
            int[] whole = found;
            assertThat(java.util.Arrays.equals(whole, before) || java.util.Arrays.equals(whole, maybe))
                    .as("old or new")
                    .isTrue();
            if (whole == null) {
                held.remove(name);
            } else {
                held.put(name, whole);
            }
        }

        void check() {
            if (unsure != null) {
                settle(unsure);
            }
            held.forEach((name, tokens) -> assertThat(open(name)).isEqualTo(tokens));
            assertThat(archive.stats().snapshots()).isEqualTo(held.size());
        }
    }

    private void fresh(long seed) {
        disk = new SimDisk(clock, seed);
        restart();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5})
    void aCrashBetweenAnyTwoOperationsLeavesOldOrNewWhole(long seed) {
        new Story().tell(seed, 12);
        long operations = disk.operations();
        for (long at = 0; at < operations; at++) {
            fresh(seed * 1000 + at);
            disk.breakAt(at, SimDisk.Fault.CRASH);
            Story story = new Story();
            assertThat(catchThrowable(() -> story.tell(seed, 12))).isInstanceOf(SimDisk.Crash.class);
            disk.crash();
            restart();
            story.check();
            archive.sweep();
            assertThat(disk.files()).noneMatch(path -> path.endsWith(".tmp"));
            story.tell(at, 3);
            story.check();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FULL", "SHORT", "SYNC", "TORN"})
    void aFaultIsToldAndLeavesOldOrNewWhole(SimDisk.Fault fault) {
        new Story().tell(4, 12);
        long operations = disk.operations();
        int refused = 0;
        for (long at = 0; at < operations; at++) {
            fresh(at);
            disk.breakAt(at, fault);
            Story story = new Story();
            story.tell(4, 12);
            refused += story.refused;
            story.check();
            disk.crash();
            restart();
            story.check();
        }
        assertThat(refused > 0).isEqualTo(fault != SimDisk.Fault.SHORT);
    }
}
