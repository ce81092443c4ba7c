package pie.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import pie.engine.event.EventLog.Limits;
import pie.engine.event.EventLog.Next;

/** Compare the log with a plain model of it, step by step, over random histories. A stall timeout of zero makes waits decide at once. */
class EventLogModelTest {
    private record Item(long id, boolean output, long size) {}

    private static final class Reader {
        final EventLog.Watcher watcher;
        final boolean primary;
        long cursor;
        boolean slow;

        Reader(EventLog.Watcher watcher, boolean primary, long cursor) {
            this.watcher = watcher;
            this.primary = primary;
            this.cursor = cursor;
        }
    }

    private final List<Item> held = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private long lastId;
    private long dropped;
    private boolean ended;

    @Test
    void agreesWithAPlainModelOverRandomHistories() throws Exception {
        for (long seed = 0; seed < 400; seed++) {
            held.clear();
            readers.clear();
            lastId = 0;
            dropped = 0;
            ended = false;
            history(seed);
        }
    }

    private void history(long seed) throws InterruptedException {
        var random = new Random(seed);
        var limits = new Limits(1 + random.nextInt(8), 64 * (1 + random.nextInt(12)), Duration.ZERO);
        var log = new EventLog(limits);
        for (int step = 0; step < 120; step++) {
            String at = "seed " + seed + " step " + step;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> append(log, limits, random.nextInt(4) > 0, random.nextInt(100));
                case 4 -> {
                    boolean primary = random.nextBoolean();
                    long cursor = random.nextLong(lastId + 1);
                    readers.add(new Reader(log.watch(cursor, primary), primary, cursor));
                }
                case 5 -> {
                    if (!readers.isEmpty()) {
                        readers.remove(random.nextInt(readers.size())).watcher.close();
                    }
                }
                case 6 -> {
                    if (random.nextInt(20) == 0) {
                        log.returned("r");
                        if (!ended) {
                            lastId++;
                            ended = true;
                        }
                    }
                }
                default -> {
                    if (!readers.isEmpty()) {
                        read(readers.get(random.nextInt(readers.size())), at);
                    }
                }
            }
            check(log, at);
        }
    }

    private void append(EventLog log, Limits limits, boolean output, int length) {
        if (output) {
            log.stdout("x".repeat(length));
        } else {
            log.message("x".repeat(length));
        }
        if (ended) {
            return;
        }
        long size = 64 + 2L * length;
        while (!held.isEmpty() && (held.size() >= limits.maxCount() || bytes() + size > limits.maxBytes())) {
            long read = readers.stream()
                    .filter(r -> r.primary && !r.slow)
                    .mapToLong(r -> r.cursor)
                    .min()
                    .orElse(Long.MAX_VALUE);
            Item victim = first(true);
            if (victim == null || victim.id > read) {
                victim = first(false);
            }
            if (victim == null || victim.id > read) {
                long oldest = held.getFirst().id;
                readers.stream().filter(r -> r.primary && r.cursor < oldest).forEach(r -> r.slow = true);
                continue;
            }
            held.remove(victim);
            dropped++;
        }
        held.add(new Item(++lastId, output, size));
    }

    private @org.jspecify.annotations.Nullable Item first(boolean output) {
        return held.stream().filter(i -> i.output == output).findFirst().orElse(null);
    }

    private long bytes() {
        return held.stream().mapToLong(Item::size).sum();
    }

    private void read(Reader reader, String at) throws InterruptedException {
        Next next = reader.watcher.next(Duration.ZERO);
        if (reader.slow) {
            assertThat(next).as(at).isEqualTo(new Next.End("slow_consumer"));
        } else if (reader.cursor == lastId) {
            assertThat(next).as(at).isEqualTo(ended ? new Next.End("complete") : new Next.Silence());
        } else {
            long id = held.stream()
                    .mapToLong(Item::id)
                    .filter(i -> i > reader.cursor)
                    .findFirst()
                    .orElse(ended ? lastId : lastId + 1);
            if (id > reader.cursor + 1) {
                assertThat(next).as(at).isEqualTo(new Next.Gap(reader.cursor + 1, id - 1, id - 1 - reader.cursor));
                reader.cursor = id - 1;
            } else {
                assertThat(next)
                        .as(at)
                        .isInstanceOfSatisfying(
                                Next.Event.class,
                                e -> assertThat(e.event().id()).isEqualTo(id));
                reader.cursor = id;
            }
        }
    }

    private void check(EventLog log, String at) {
        var ids = new ArrayList<>(held.stream().map(Item::id).toList());
        if (ended) {
            ids.add(lastId);
        }
        assertThat(log.held(0).stream().map(ProcessEvent::id)).as(at).containsExactlyElementsOf(ids);
        assertThat(log.lastId()).as(at).isEqualTo(lastId);
        assertThat(log.droppedEvents()).as(at).isEqualTo(dropped);
        assertThat(log.heldBytes()).as(at).isEqualTo(bytes());
        assertThat(log.firstHeldId()).as(at).isEqualTo(ids.isEmpty() ? lastId + 1 : ids.getFirst());
    }
}
