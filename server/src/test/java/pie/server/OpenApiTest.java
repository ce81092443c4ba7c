package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.json;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class OpenApiTest {
    @Test
    void describesEveryRouteAndNoOther(@TempDir Path home) {
        var described = new TreeMap<String, TreeSet<String>>();
        JsonNode document;
        try (var server = new TestServer(home)) {
            document = json(server.get("/openapi.json"));
        }
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                var names = new TreeSet<String>();
                for (JsonNode parameter : operation.getValue().path("parameters")) {
                    if (parameter.get("in").asString().equals("query")) {
                        names.add(parameter.get("name").asString());
                    }
                }
                described.put(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(), names);
            }
        }
        var served = new TreeMap<String, TreeSet<String>>();
        try (var timer = Executors.newScheduledThreadPool(1)) {
            var config = TestServer.config(home);
            var service = new Service(config, timer, new ConnectionWatch(config.limits()));
            for (Route route : FrontHandler.routes(service)) {
                served.put(route.method() + " " + route.pattern(), new TreeSet<>(route.query()));
            }
        }
        assertThat(described).isEqualTo(served);
    }
}
