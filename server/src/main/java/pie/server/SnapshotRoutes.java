package pie.server;

import java.util.List;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.snapshot.SnapshotStore;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** List, describe and delete the caller's snapshots. */
final class SnapshotRoutes {
    private final Service service;

    SnapshotRoutes(Service service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/snapshots", this::list, "model", "prefix"),
                Route.get("/v1/snapshots/{model}/{name...}", this::one),
                Route.delete("/v1/snapshots/{model}/{name...}", this::delete));
    }

    private void list(Exchange exchange) {
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        archive()
                .list(
                        exchange.owner(),
                        exchange.query("model"),
                        exchange.query("prefix").orElse(""))
                .forEach(info -> items.add(json(info)));
        exchange.json(200, json);
    }

    private void one(Exchange exchange) {
        exchange.json(200, json(archive().info(key(exchange))));
    }

    private void delete(Exchange exchange) {
        archive().delete(key(exchange));
        exchange.noContent();
    }

    private SnapshotArchive archive() {
        SnapshotStore store = service.launcher()
                .snapshots()
                .orElseThrow(() -> new PieException(
                        ErrorCode.UNSUPPORTED,
                        "this server keeps no snapshots: they are off, or another pie has their directory",
                        Map.of("feature", "snapshots")));
        return store.archive();
    }

    private static SnapshotKey key(Exchange exchange) {
        return new SnapshotKey(exchange.owner(), exchange.path("model"), exchange.path("name"));
    }

    private static ObjectNode json(SnapshotInfo info) {
        ObjectNode json = Json.object();
        json.put("model", info.key().model());
        json.put("name", info.key().name());
        json.put("owner", info.key().owner().value());
        json.put("tokens", info.tokens());
        json.put("pages", info.pages());
        json.put("bytes", info.bytes());
        json.put("created", EventJson.time(info.created()));
        info.expires().ifPresentOrElse(end -> json.put("expires", EventJson.time(end)), () -> json.putNull("expires"));
        return json;
    }
}
