package pie.runtime.bridge;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Mcp;
import pie.inferlet.McpSession;

/** Serve {@code mcp}. */
final class McpOps {
    private final Bridge bridge;

    McpOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        bridge.call("mcp_servers", a -> bridge.dialect().list(Mcp.availableServers()));
        bridge.call("mcp_connect", a -> Mcp.connect(a.text(0, "name")));
        bridge.start("mcp_connect_async", "host", a -> Mcp.connectAsync(a.text(0, "name")), session -> session);
        bridge.call("mcp_request", a -> bridge.host().await(request(a), "host"));
        bridge.start("mcp_request_async", "host", this::request, text -> text);
        bridge.run("mcp_close", a -> session(a).close());
    }

    /** Send what argument 1 names; argument 2 is a name or address, 3 the arguments. */
    private CompletableFuture<String> request(Args a) {
        McpSession session = session(a);
        return switch (a.text(1, "request")) {
            case "list_tools" -> session.listToolsAsync();
            case "list_resources" -> session.listResourcesAsync();
            case "list_prompts" -> session.listPromptsAsync();
            case "call_tool" -> session.callToolAsync(a.text(2, "name"), arguments(a));
            case "read_resource" -> session.readResourceAsync(a.text(2, "uri"));
            case "get_prompt" -> session.getPromptAsync(a.text(2, "name"), arguments(a));
            default -> throw Args.invalidType("mcp: unknown request " + a.text(1, "request"));
        };
    }

    private static Object arguments(Args a) {
        @Nullable Object given = a.has(3) ? a.plain(3, "args") : null;
        return given == null ? "{}" : given;
    }

    private static McpSession session(Args a) {
        return a.handle(0, McpSession.class);
    }
}
