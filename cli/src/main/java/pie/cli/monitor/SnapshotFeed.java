package pie.cli.monitor;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.cli.Json;
import pie.cli.client.PieClient;
import pie.cli.client.SseEvent;
import pie.cli.client.SseReader;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;

/** Read a server's snapshots, one a second; where the connection breaks, say so and try again. */
final class SnapshotFeed implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final PieClient client;
    private final Trend trend;
    private final Consumer<String> every;
    private final AtomicReference<@Nullable Snapshot> last = new AtomicReference<>();
    private final AtomicReference<@Nullable PieException> refused = new AtomicReference<>();
    private final Thread thread;
    private volatile String link = "";

    /** @param every told each snapshot as it came */
    SnapshotFeed(PieClient client, Trend trend, Consumer<String> every) {
        this.client = client;
        this.trend = trend;
        this.every = every;
        thread = Thread.ofVirtual().name("pie-stats").start(this::run);
    }

    @Nullable
    Snapshot snapshot() {
        return last.get();
    }

    /** Return what is wrong with the connection, empty if nothing. */
    String link() {
        return link;
    }

    /** Return why the server will not answer, however often it is asked; null if there is nothing of the kind. */
    @Nullable
    PieException refused() {
        return refused.get();
    }

    private void run() {
        long lostAt = 0;
        try {
            while (true) {
                try {
                    read();
                    lostAt = lostAt == 0 || link.isEmpty() ? System.nanoTime() : lostAt;
                } catch (PieException e) {
                    if (e.code() != ErrorCode.NOT_READY) {
                        refused.set(e);
                        return;
                    }
                    lostAt = lostAt == 0 || link.isEmpty() ? System.nanoTime() : lostAt;
                }
                link = "reconnecting " + (System.nanoTime() - lostAt) / 1_000_000_000L + " s";
                trend.gap();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() throws InterruptedException {
        trend.seed(client.get("/v1/stats/history?seconds=" + Trend.SECONDS));
        Optional<SseReader> stream = client.stream("/v1/stats/stream?interval=1s", Map.of());
        if (stream.isEmpty()) {
            return;
        }
        try (SseReader reader = stream.get()) {
            for (Optional<SseEvent> e = reader.next(); e.isPresent(); e = reader.next()) {
                if (e.get().type().equals("stats")) {
                    take(e.get().data());
                } else if (e.get().type().equals("end")) {
                    return;
                }
            }
        } catch (IOException | JacksonException e) {
            // a stream that broke is told as the state of the link, unless this end of it was closed
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(e.toString());
            }
        }
    }

    private void take(String json) {
        Snapshot snapshot = Snapshot.of(Json.parse(json));
        trend.add(snapshot);
        last.set(snapshot);
        link = "";
        every.accept(json);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
