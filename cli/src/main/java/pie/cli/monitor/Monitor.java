package pie.cli.monitor;

import java.io.IOException;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pie.cli.client.PieClient;
import pie.cli.tui.Key;
import pie.cli.tui.Painter;
import pie.cli.tui.Screen;
import pie.cli.tui.Theme;
import pie.engine.PieException;

/** Show a server on a screen until the user leaves. One thread reads keys and draws; what is drawn comes from feeds beside it. */
public final class Monitor implements Actions {
    private static final long FRAME_MILLIS = 250;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Screen screen;
    private final PieClient client;
    private final boolean serves;
    private final BooleanSupplier over;
    private final Painter painter;
    private final Trend trend = new Trend();
    private final View view = new View();
    private final Ranking ranking = new Ranking();
    private final ConcurrentLinkedQueue<String> notices = new ConcurrentLinkedQueue<>();
    private @Nullable Snapshot held;
    private @Nullable DetailFeed detail;
    private @Nullable String detailOf;

    private Monitor(Screen screen, PieClient client, Theme theme, boolean serves, BooleanSupplier over) {
        this.screen = screen;
        this.client = client;
        this.serves = serves;
        this.over = over;
        painter = new Painter(theme);
    }

    /**
     * Show a server until {@code q}, or until {@code over} says so; then the terminal is as it was.
     *
     * @param screen closed in any case
     * @param serves whether the server is in this process
     * @throws PieException if the server refuses to be watched
     */
    public static void run(Screen screen, PieClient client, Theme theme, boolean serves, BooleanSupplier over) {
        try (screen;
                var log = LogTap.open()) {
            new Monitor(screen, client, theme, serves, over).run(log);
        }
    }

    private void run(LogTap log) {
        try (var feed = new SnapshotFeed(client, trend, json -> {})) {
            var controls = new Controls(view, this);
            boolean stays = true;
            while (stays && !over.getAsBoolean()) {
                PieException refused = feed.refused();
                if (refused != null) {
                    throw refused;
                }
                Scene scene = scene(feed, log.lines());
                draw(scene);
                Optional<Key> key = key(FRAME_MILLIS);
                while (key.isPresent() && stays) {
                    stays = controls.press(key.get(), scene(feed, List.of()));
                    key = key(1);
                }
                String notice = notices.poll();
                view.notice = notice == null ? view.notice : notice;
            }
        } finally {
            if (detail != null) {
                detail.close();
            }
        }
    }

    /** A terminal that has gone away is as good as a wish to leave. */
    private Optional<Key> key(long millis) {
        try {
            return screen.keys().next(millis);
        } catch (IOException gone) {
            return Optional.of(new Key.Char('q'));
        }
    }

    private void draw(Scene scene) {
        if (screen.resized()) {
            painter.forget();
        }
        screen.write(painter.frame(Frame.draw(scene, screen.width(), screen.height())));
    }

    private Scene scene(SnapshotFeed feed, List<String> log) {
        Snapshot now = feed.snapshot();
        held = view.paused && held != null ? held : now;
        Snapshot shown = held;
        List<Snapshot.Program> programs =
                shown == null ? new ArrayList<>() : ranking.order(shown, view, System.nanoTime());
        follow();
        return new Scene(
                shown,
                programs,
                trend,
                view,
                detail == null ? null : detail.detail(),
                log,
                feed.link(),
                CLOCK.format(LocalTime.now()),
                serves);
    }

    /** Follow the program that is in front, and no other. */
    private void follow() {
        boolean front = view.mode == View.Mode.DETAIL
                || (view.mode == View.Mode.KILL || view.mode == View.Mode.HELP) && view.behind == View.Mode.DETAIL;
        String wanted = front ? view.chosen : null;
        if (java.util.Objects.equals(wanted, detailOf)) {
            return;
        }
        if (detail != null) {
            detail.close();
        }
        detailOf = wanted;
        detail = wanted == null ? null : new DetailFeed(client, wanted);
    }

    @Override
    public void end(String id, boolean force) {
        Thread.ofVirtual().name("pie-kill").start(() -> {
            String name = id.length() > 8 ? id.substring(0, 8) : id;
            try {
                client.post("/v1/processes/" + id + "/signal", Map.of("signal", force ? "kill" : "interrupt"));
                notices.add(name + (force ? " is killed" : " is asked to end"));
            } catch (PieException e) {
                notices.add(name + ": " + e.message());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
