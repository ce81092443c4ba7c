package pie.runtime.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reach a server by streamable HTTP: each message is a POST, answered with JSON or a stream of events that holds the answer. */
final class HttpPeer implements McpPeer {
    private final Host.Web web;
    private final McpServer.Http server;
    private volatile @Nullable String session;

    HttpPeer(Host.Web web, McpServer.Http server) {
        this.web = web;
        this.server = server;
    }

    @Override
    public CompletableFuture<String> send(String message, long id) {
        var headers = new ArrayList<>(List.of(
                "Content-Type",
                "application/json",
                "Accept",
                "application/json, text/event-stream",
                "MCP-Protocol-Version",
                McpConnection.PROTOCOL));
        String known = session;
        if (known != null) {
            headers.addAll(List.of("Mcp-Session-Id", known));
        }
        server.headers().forEach((name, value) -> headers.addAll(List.of(name, value)));
        var request = new Host.WebRequest(
                "POST", server.url(), headers, Optional.of(message.getBytes(StandardCharsets.UTF_8)), 0);
        return web.send(request).thenCompose(response -> answer(response, id));
    }

    private CompletableFuture<String> answer(Host.WebResponse response, long id) {
        @Nullable String given = header(response, "mcp-session-id");
        if (given != null) {
            session = given;
        }
        if (response.status() / 100 != 2) {
            response.close();
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    server.url() + " answers with status " + response.status(),
                    java.util.Map.of("status", response.status()));
        }
        if (id == 0) {
            response.close();
            return CompletableFuture.completedFuture("");
        }
        @Nullable String type = header(response, "content-type");
        if (type != null && type.startsWith("text/event-stream")) {
            return events(response, id, new ByteArrayOutputStream());
        }
        return response.rest().thenApply(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private static @Nullable String header(Host.WebResponse response, String name) {
        List<String> flat = response.headers();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            if (flat.get(i).equals(name)) {
                return flat.get(i + 1);
            }
        }
        return null;
    }

    /** Read events until one of them is the answer. */
    private static CompletableFuture<String> events(Host.WebResponse response, long id, ByteArrayOutputStream read) {
        return response.next().thenCompose(piece -> {
            piece.ifPresent(read::writeBytes);
            String text = read.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
            int end = piece.isPresent() ? text.lastIndexOf("\n\n") : text.length();
            for (String event : end < 0 ? new String[0] : text.substring(0, end).split("\n\n")) {
                String data = String.join(
                        "\n",
                        event.lines()
                                .filter(line -> line.startsWith("data:"))
                                .map(line -> line.substring(5).strip())
                                .toList());
                if (!data.isEmpty() && answers(data, id)) {
                    response.close();
                    return CompletableFuture.completedFuture(data);
                }
            }
            if (piece.isEmpty()) {
                throw new PieException(ErrorCode.UPSTREAM_FAILURE, "the stream of events ended without an answer");
            }
            return events(response, id, read);
        });
    }

    private static boolean answers(String data, long id) {
        JsonNode message = JsonMapper.shared().readTree(data);
        return message.path("id").asLong(0) == id && (message.has("result") || message.has("error"));
    }
}
