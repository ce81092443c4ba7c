package pie.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Hold the HTTP-server programs by name. */
final class Apps {
    private final ConcurrentSkipListMap<String, App> apps = new ConcurrentSkipListMap<>();

    /** Start an app, then let it take the place of one of that name. */
    void put(String name, App app, Duration grace) throws InterruptedException {
        app.start();
        @Nullable App before = apps.put(name, app);
        if (before != null) {
            Thread.ofVirtual().name("pie-app-stop").start(() -> stopped(before, grace));
        }
    }

    private static void stopped(App app, Duration grace) {
        try {
            app.stop(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws PieException NOT_FOUND */
    App find(String name) {
        App app = apps.get(name);
        if (app == null) {
            throw new PieException(ErrorCode.NOT_FOUND, "app '" + name + "' not found", Map.of("kind", "app"));
        }
        return app;
    }

    /** Say whether an app is there and answers without a token. */
    boolean open(String name) {
        App app = apps.get(name);
        return app != null && app.open();
    }

    List<App> all() {
        return List.copyOf(apps.values());
    }

    /** @throws PieException NOT_FOUND */
    void remove(String name, Duration grace) throws InterruptedException {
        App app = find(name);
        apps.remove(name, app);
        app.stop(grace);
    }

    /** Take no more requests, as the server stops. */
    void close() {
        apps.values().forEach(App::close);
    }
}
