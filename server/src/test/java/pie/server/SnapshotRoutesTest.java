package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.message;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.kv.Lineage;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.SavedContext;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.snapshot.SnapshotStore;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class SnapshotRoutesTest {
    @Test
    void listsDescribesAndDeletesTheCallersSnapshots(@TempDir Path home) {
        try (var store = SnapshotStore.open(SnapshotConfig.of(home.resolve("snapshots")));
                var server = new TestServer(home)) {
            server.launcher.snapshots = Optional.of(store);
            save(store, OwnerId.LOCAL, "talk/anna & bob", Optional.of(Duration.ofHours(1)));
            save(store, OwnerId.LOCAL, "plan", Optional.empty());
            save(store, new OwnerId("somebody"), "talk/theirs", Optional.empty());

            JsonNode all = json(server.get("/v1/snapshots")).get("items");
            assertThat(all.valueStream().map(s -> s.get("name").asString())).containsExactly("plan", "talk/anna & bob");
            assertThat(all.get(0).get("expires").isNull()).isTrue();
            assertThat(all.get(1).get("expires").asString()).endsWith("Z");
            assertThat(all.get(1).get("bytes").asLong()).isPositive();
            assertThat(json(server.get("/v1/snapshots?prefix=talk/")).get("items"))
                    .hasSize(1);
            assertThat(json(server.get("/v1/snapshots?model=other")).get("items"))
                    .isEmpty();

            String path = "/v1/snapshots/tiny/talk/anna%20%26%20bob";
            assertThat(json(server.get(path))).isEqualTo(all.get(1));
            assertThat(server.delete(path).statusCode()).isEqualTo(204);
            for (String gone : List.of(path, "/v1/snapshots/tiny/talk/theirs", "/v1/snapshots/other/plan")) {
                assertThat(code(server.delete(gone))).isEqualTo("NOT_FOUND");
                assertThat(server.get(gone).statusCode()).isEqualTo(404);
            }
            assertThat(message(server.get("/v1/snapshots/tiny/"))).startsWith("no route for");
        }
    }

    @Test
    void saysThatTheyAreOff(@TempDir Path home) {
        try (var server = new TestServer(home)) {
            var response = server.get("/v1/snapshots");
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(code(response)).isEqualTo("UNSUPPORTED");
        }
    }

    private static void save(SnapshotStore store, OwnerId owner, String name, Optional<Duration> ttl) {
        var key = new SnapshotKey(owner, "tiny", name);
        var lineage = new Lineage(new int[] {1, 2, 3}, null, 2, 0, List.of(), List.of());
        try (var save = store.archive().begin(key, false, List.of(), 0)) {
            save.commit(new SavedContext("weights", "model", 16, lineage, List.of()), ttl);
        }
    }
}
