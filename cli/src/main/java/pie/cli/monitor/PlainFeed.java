package pie.cli.monitor;

import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pie.cli.Json;
import pie.cli.client.PieClient;
import pie.engine.PieException;

/** Print one line a second on what a server does, where there is no screen to draw on. */
public final class PlainFeed {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final long LOOK_MILLIS = 100;

    private PlainFeed() {}

    /** Print one line now. */
    public static void once(PieClient client, PrintWriter out, boolean json) throws InterruptedException {
        String answer = Json.line(client.get("/v1/stats"));
        print(out, answer, json);
    }

    /** Print until {@code over} says so or nobody reads any more. @throws PieException if the server refuses to be watched */
    public static void run(PieClient client, PrintWriter out, boolean json, BooleanSupplier over)
            throws InterruptedException {
        try (var feed = new SnapshotFeed(client, new Trend(), answer -> print(out, answer, json))) {
            while (!over.getAsBoolean() && !out.checkError()) {
                @Nullable PieException refused = feed.refused();
                if (refused != null) {
                    throw refused;
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    private static void print(PrintWriter out, String answer, boolean json) {
        out.println(json ? answer : PlainLine.of(Snapshot.of(Json.parse(answer)), CLOCK.format(LocalTime.now())));
        out.flush();
    }
}
