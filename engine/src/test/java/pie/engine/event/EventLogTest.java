package pie.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog.Limits;
import pie.engine.event.EventLog.Next;

@Timeout(30)
class EventLogTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static EventLog log(int count) {
        return new EventLog(new Limits(count, 1 << 20, LONG));
    }

    private static List<String> texts(EventLog log) {
        return log.held(0).stream()
                .map(e -> e instanceof ProcessEvent.Stdout s
                        ? s.text()
                        : e instanceof ProcessEvent.Message m ? m.text() : e.type())
                .toList();
    }

    @Test
    void numbersEventsFromOneWithoutHoles() throws Exception {
        EventLog log = log(10);
        log.stdout("a");
        log.stderr("b");
        log.message("c");
        log.returned("d");
        try (var watcher = log.watch(0, false)) {
            for (long id = 1; id <= 4; id++) {
                assertThat(watcher.next(LONG))
                        .isInstanceOfSatisfying(
                                Next.Event.class,
                                e -> assertThat(e.event().id()).isPositive());
            }
            assertThat(watcher.next(LONG)).isEqualTo(new Next.End("complete"));
        }
        assertThat(log.held(0).stream().map(ProcessEvent::id)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(log.held(2).stream().map(ProcessEvent::id)).containsExactly(3L, 4L);
        assertThat(log.ended()).isTrue();
    }

    @Test
    void takesNothingAfterTheTerminalEvent() {
        EventLog log = log(10);
        log.failed(ErrorCode.CANCELLED, "cancelled", Map.of("by", "owner"));
        log.stdout("late");
        log.returned("late");
        assertThat(log.held(0)).hasSize(1);
        assertThat(log.lastId()).isEqualTo(1);
    }

    @Test
    void dropsOutputBeforeMessagesAndNeverTheTerminalEvent() throws Exception {
        EventLog log = log(3);
        log.stdout("o1");
        log.message("m1");
        log.stdout("o2");
        log.stdout("o3");
        log.message("m2");
        log.message("m3");
        assertThat(texts(log)).containsExactly("m1", "m2", "m3");
        log.message("m4");
        log.returned("r");
        assertThat(texts(log)).containsExactly("m2", "m3", "m4", "return");
        assertThat(log.droppedEvents()).isEqualTo(4);
        assertThat(log.firstHeldId()).isEqualTo(5);
        try (var watcher = log.watch(0, false)) {
            assertThat(watcher.next(LONG)).isEqualTo(new Next.Gap(1, 4, 4));
            assertThat(watcher.next(LONG)).isInstanceOf(Next.Event.class);
        }
    }

    @Test
    void keepsAnEventLargerThanTheWholeLogUntilTheNext() throws Exception {
        var log = new EventLog(new Limits(10, 1000, LONG));
        log.stdout("small");
        log.message("x".repeat(5000));
        assertThat(log.held(0)).hasSize(1);
        log.stdout("next");
        assertThat(texts(log)).containsExactly("next");
        try (var primary = log.watch(log.lastId(), true)) {
            log.message("y".repeat(5000));
            var writer = CompletableFuture.runAsync(() -> log.stdout("after"));
            await().until(log::writerBlocked);
            assertThat(primary.next(LONG))
                    .isInstanceOfSatisfying(
                            Next.Event.class, e -> assertThat(e.event().type()).isEqualTo("message"));
            writer.join();
            assertThat(texts(log)).containsExactly("after");
        }
    }

    @Test
    void makesTheWriterWaitForAPrimaryWatcherOnly() throws Exception {
        EventLog log = log(2);
        try (var observer = log.watch(0, false);
                var primary = log.watch(0, true)) {
            log.stdout("1");
            log.stdout("2");
            var writer = CompletableFuture.runAsync(() -> log.stdout("3"));
            await().until(log::writerBlocked);
            assertThat(writer).isNotDone();
            assertThat(observer.next(LONG)).isInstanceOf(Next.Event.class);
            assertThat(log.writerBlocked()).isTrue();
            assertThat(primary.next(LONG)).isInstanceOf(Next.Event.class);
            writer.join();
            assertThat(texts(log)).containsExactly("2", "3");
        }
        log.stdout("4");
        log.stdout("5");
        assertThat(texts(log)).containsExactly("4", "5");
    }

    @Test
    void closesAPrimaryWatcherThatReadsNothing() throws Exception {
        var log = new EventLog(new Limits(2, 1 << 20, Duration.ofMillis(50)));
        try (var slow = log.watch(0, true)) {
            for (int i = 0; i < 5; i++) {
                log.stdout("x");
            }
            assertThat(slow.next(LONG)).isEqualTo(new Next.End("slow_consumer"));
            assertThat(slow.next(LONG)).isEqualTo(new Next.End("slow_consumer"));
        }
        assertThat(log.lastId()).isEqualTo(5);
    }

    @Test
    void letsTheWriterGoWhenTheWatcherCloses() {
        EventLog log = log(1);
        var primary = log.watch(0, true);
        log.stdout("1");
        var writer = CompletableFuture.runAsync(() -> log.stdout("2"));
        await().until(log::writerBlocked);
        primary.close();
        writer.join();
        assertThat(texts(log)).containsExactly("2");
    }

    @Test
    void letsAnInterruptedWriterGoAndKeepsItsFlagAndTheBounds() throws Exception {
        EventLog log = log(2);
        try (var primary = log.watch(0, true)) {
            var flag = new AtomicBoolean();
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10; i++) {
                    log.stdout(String.valueOf(i));
                }
                flag.set(Thread.currentThread().isInterrupted());
            });
            await().until(log::writerBlocked);
            writer.interrupt();
            writer.join();
            assertThat(flag).isTrue();
            assertThat(texts(log)).containsExactly("8", "9");
            assertThat(primary.next(LONG)).isEqualTo(new Next.Gap(1, 8, 8));
        }
    }

    @Test
    void endsWhileAWriterWaitsAndDropsWhatItHad() throws Exception {
        EventLog log = log(1);
        try (var primary = log.watch(0, true)) {
            log.stdout("1");
            var writer = CompletableFuture.runAsync(() -> log.stdout("2"));
            await().until(log::writerBlocked);
            log.failed(ErrorCode.CANCELLED, "cancelled", Map.of());
            writer.join();
            assertThat(texts(log)).containsExactly("1", "error");
            assertThat(primary.next(LONG)).isInstanceOf(Next.Event.class);
            assertThat(primary.next(LONG)).isInstanceOf(Next.Event.class);
            assertThat(primary.next(LONG)).isEqualTo(new Next.End("complete"));
        }
    }

    @Test
    void wakesAReaderWhoseWatcherIsClosed() throws Exception {
        EventLog log = log(4);
        var watcher = log.watch(0, false);
        assertThat(watcher.next(Duration.ZERO)).isEqualTo(new Next.Silence());
        var reader = CompletableFuture.supplyAsync(() -> {
            try {
                return watcher.next(LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        watcher.close();
        assertThat(reader.join()).isEqualTo(new Next.End("closed"));
    }

    @Test
    void refusesCursorsAndLimitsOutOfRange() {
        EventLog log = log(4);
        log.stdout("1");
        assertThatThrownBy(() -> log.watch(2, false))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("last event, 1");
        assertThatThrownBy(() -> log.watch(-1, false)).isInstanceOf(PieException.class);
        assertThatThrownBy(() -> new Limits(0, 1, LONG)).isInstanceOf(PieException.class);
    }

    @Test
    void givesPrimariesEverythingAndObserversAnHonestAccountUnderLoad() throws Exception {
        int count = 9_000;
        var threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
        var log = new EventLog(new Limits(64, 64 * 1024, LONG));
        var readers = new ArrayList<CompletableFuture<long[]>>();
        for (int i = 0; i < 5; i++) {
            boolean primary = i < 2;
            EventLog.Watcher watcher = log.watch(0, primary);
            readers.add(CompletableFuture.supplyAsync(() -> account(watcher), threads));
        }
        var writers = new ArrayList<CompletableFuture<Void>>();
        for (int w = 0; w < 3; w++) {
            writers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < count / 3; i++) {
                            if (i % 7 == 0) {
                                log.message("message " + i);
                            } else {
                                log.stdout("out " + i);
                            }
                            assertThat(log.heldBytes()).isLessThanOrEqualTo(64 * 1024);
                        }
                    },
                    threads));
        }
        writers.forEach(CompletableFuture::join);
        log.returned("done");
        for (int i = 0; i < readers.size(); i++) {
            long[] account = readers.get(i).join();
            assertThat(account[0] + account[1]).isEqualTo(count + 1);
            if (i < 2) {
                assertThat(account[1]).as("gaps of a primary").isZero();
            }
        }
    }

    /** Read to the end; count events and gaps, which must follow each other without holes. */
    private static long[] account(EventLog.Watcher watcher) {
        var seen = new long[2];
        long expected = 1;
        try (watcher) {
            while (true) {
                switch (watcher.next(LONG)) {
                    case Next.Event e -> {
                        assertThat(e.event().id()).isEqualTo(expected);
                        expected++;
                        seen[0]++;
                    }
                    case Next.Gap g -> {
                        assertThat(g.from()).isEqualTo(expected);
                        expected = g.to() + 1;
                        seen[1] += g.dropped();
                    }
                    case Next.Silence s -> throw new IllegalStateException("silent");
                    case Next.End end -> {
                        assertThat(end.reason()).isEqualTo("complete");
                        return seen;
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
