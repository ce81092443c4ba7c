package pie.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.SessionFile;
import pie.engine.process.InferletProcess;
import pie.runtime.files.SessionFiles;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bring files to a process, and hand out those that it sent. */
final class FileRoutes {
    private static final HeaderName HASH = HeaderNames.create("X-Pie-Hash");
    private static final HeaderName NO_SNIFF = HeaderNames.create("X-Content-Type-Options");

    private final Processes processes;

    FileRoutes(Processes processes) {
        this.processes = processes;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/processes/{id}/files", this::list),
                Route.put("/v1/processes/{id}/files/{name}", this::put),
                Route.get("/v1/processes/{id}/files/{name}", this::content));
    }

    private void put(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        Optional<String> hash = exchange.header(HASH);
        SessionFile file = exchange.body(
                SessionFiles.Limits.DEFAULT.file(),
                "the file",
                content -> process.deliverFile(exchange.path("name"), content, hash));
        exchange.json(201, json(file));
    }

    private void list(Exchange exchange) {
        InferletProcess process = processes.of(exchange);
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        process.files().forEach(file -> items.add(json(file)));
        exchange.json(200, json);
    }

    /** The newest of a name, or the one of a hash. */
    private void content(Exchange exchange) throws IOException {
        InferletProcess process = processes.of(exchange);
        String wanted = exchange.path("name");
        SessionFile file = process.files().reversed().stream()
                .filter(f -> f.name().equals(wanted) || f.hash().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "process " + process.id() + " has no file \"" + wanted + "\"; GET /v1/processes/" + process.id()
                                + "/files lists them",
                        Map.of("kind", "file")));
        exchange.header(NO_SNIFF, "nosniff");
        exchange.header(
                HeaderNames.CONTENT_DISPOSITION,
                file.name().isEmpty() ? "attachment" : "attachment; filename=\"" + ascii(file.name()) + "\"");
        exchange.file(file.mediaType(), process.fileContent(file.hash()), file.hash());
    }

    private static String ascii(String name) {
        return name.replaceAll("[^ -~]", "_");
    }

    private static ObjectNode json(SessionFile file) {
        ObjectNode json = Json.object();
        json.put("name", file.name());
        json.put("hash", file.hash());
        json.put("size", file.size());
        json.put("media_type", file.mediaType());
        json.put("direction", file.sent() ? "out" : "in");
        json.put("time", EventJson.time(file.time()));
        return json;
    }
}
