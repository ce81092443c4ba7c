package pie.inferlet;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Talk to one MCP server. Failures of the server or of the way to it raise UPSTREAM_FAILURE, with {@code rpc} in the details where it
 * answered with an error.
 */
public final class McpSession implements AutoCloseable {
    private final Host host;
    private final String server;
    private final Host.McpLink link;
    private volatile boolean closed;

    McpSession(Host host, String server, Host.McpLink link) {
        this.host = host;
        this.server = server;
        this.link = link;
    }

    /** Return the tools as the server lists them, as JSON text. */
    public String listTools() {
        return host.await(listToolsAsync(), "host");
    }

    public CompletableFuture<String> listToolsAsync() {
        return request("tools/list", Map.of());
    }

    /** Return the resources as the server lists them, as JSON text. */
    public String listResources() {
        return host.await(listResourcesAsync(), "host");
    }

    public CompletableFuture<String> listResourcesAsync() {
        return request("resources/list", Map.of());
    }

    /** Return the prompts as the server lists them, as JSON text. */
    public String listPrompts() {
        return host.await(listPromptsAsync(), "host");
    }

    public CompletableFuture<String> listPromptsAsync() {
        return request("prompts/list", Map.of());
    }

    /** Call a tool; a failure of the tool itself is {@code isError} inside the text. Arguments are JSON text, or a {@code Map}. */
    public String callTool(String tool, Object arguments) {
        return host.await(callToolAsync(tool, arguments), "host");
    }

    public CompletableFuture<String> callToolAsync(String tool, Object arguments) {
        return request("tools/call", Map.of("name", tool, "arguments", arguments(arguments)));
    }

    /** Read a resource; returns JSON text. */
    public String readResource(String uri) {
        return host.await(readResourceAsync(uri), "host");
    }

    public CompletableFuture<String> readResourceAsync(String uri) {
        return request("resources/read", Map.of("uri", uri));
    }

    /** Fill a prompt; returns JSON text. */
    public String getPrompt(String prompt, Object arguments) {
        return host.await(getPromptAsync(prompt, arguments), "host");
    }

    public CompletableFuture<String> getPromptAsync(String prompt, Object arguments) {
        return request("prompts/get", Map.of("name", prompt, "arguments", arguments(arguments)));
    }

    private CompletableFuture<String> request(String method, Map<String, Object> params) {
        host.checkLive();
        if (closed) {
            throw PieException.invalid("the session with MCP server '" + server + "' is closed");
        }
        return host.begun(link.request(method, Json.text(params)), "host");
    }

    private static Object arguments(Object given) {
        Object value = given instanceof CharSequence text ? read(text.toString()) : given;
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw PieException.invalid("arguments must be a JSON object");
    }

    private static @Nullable Object read(String text) {
        try {
            return text.isBlank() ? Map.of() : Json.parse(text, "arguments");
        } catch (PieException e) {
            throw new PieException(ErrorCode.INVALID_ARGUMENT, e.message(), Map.of(), e);
        }
    }

    /** Let go of the handle; the connection is kept for others of the process. */
    @Override
    public void close() {
        closed = true;
    }
}
