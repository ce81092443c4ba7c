package pie.cli.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Write the paths of the API's routes for snapshots. */
final class SnapshotPaths {
    private SnapshotPaths() {}

    static String list(@Nullable String model, String prefix) {
        return "/v1/snapshots?prefix=" + escape(prefix) + (model == null ? "" : "&model=" + escape(model));
    }

    static String one(String model, String name) {
        return "/v1/snapshots/" + escape(model) + "/" + escape(name);
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
