package pie.runtime.mcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.inferlet.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speak JSON-RPC with a server, and turn its errors into ours. */
final class McpConnection implements Host.McpLink {
    static final String PROTOCOL = "2025-06-18";

    private final String name;
    private final McpPeer peer;
    private final AtomicLong ids = new AtomicLong();

    McpConnection(String name, McpPeer peer) {
        this.name = name;
        this.peer = peer;
    }

    /** Say who calls, as the protocol wants it first. */
    CompletableFuture<Host.McpLink> open() {
        String hello = Json.text(Map.of(
                "protocolVersion",
                PROTOCOL,
                "capabilities",
                Map.of(),
                "clientInfo",
                Map.of("name", "pie", "version", "0.1.0")));
        return request("initialize", hello)
                .thenCompose(ready -> sent("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", 0, text ->
                        (Host.McpLink) this));
    }

    @Override
    public CompletableFuture<String> request(String method, String params) {
        long id = ids.incrementAndGet();
        String message = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":" + Json.text(method) + ",\"params\":"
                + params + "}";
        return sent(message, id, this::result);
    }

    private <T> CompletableFuture<T> sent(String message, long id, Function<String, T> read) {
        CompletableFuture<String> answer;
        try {
            answer = peer.send(message, id);
        } catch (PieException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var result = new CompletableFuture<T>();
        CompletableFuture<String> underway = answer;
        underway.whenComplete((text, error) -> {
            try {
                if (error == null) {
                    result.complete(read.apply(text));
                } else {
                    result.completeExceptionally(failure(error));
                }
            } catch (PieException e) {
                result.completeExceptionally(e);
            }
        });
        var unused = result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                underway.cancel(true);
            }
        });
        return result;
    }

    private PieException failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof PieException known && known.code() == ErrorCode.PERMISSION_DENIED) {
            return known;
        }
        String why = cause instanceof PieException known ? known.message() : String.valueOf(cause);
        var details = new LinkedHashMap<String, Object>();
        if (cause instanceof PieException known) {
            details.putAll(known.details());
        }
        details.put("peer", name);
        return new PieException(ErrorCode.UPSTREAM_FAILURE, "MCP server '" + name + "': " + why, details, cause);
    }

    private String result(String text) {
        try {
            JsonNode message = JsonMapper.shared().readTree(text);
            if (message.has("result")) {
                return message.get("result").toString();
            }
            JsonNode error = message.path("error");
            var rpc = new LinkedHashMap<String, @Nullable Object>();
            rpc.put("code", error.path("code").asInt(0));
            rpc.put("message", error.path("message").asString("no result"));
            if (error.has("data")) {
                rpc.put("data", Json.parse(error.get("data").toString(), "data"));
            }
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    "MCP server '" + name + "': " + rpc.get("message"),
                    Map.of("peer", name, "rpc", rpc));
        } catch (JacksonException e) {
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    "MCP server '" + name + "' answers with what is no JSON",
                    Map.of("peer", name),
                    e);
        }
    }

    void close() {
        peer.close();
    }
}
