package pie.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Serve a few pages, redirects and an MCP server on the loopback address. */
final class TestWeb implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    TestWeb() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        page("/hello", x -> answer(x, 200, "text/plain", "hello 🙂"));
        page("/missing", x -> answer(x, 404, "text/plain", "no such page"));
        page("/json", x -> answer(x, 200, "application/json", "{\"a\":[1,2]}"));
        page("/echo", TestWeb::echo);
        page("/once", x -> redirect(x, 302, "/hello"));
        page("/kept", x -> redirect(x, 307, "/echo"));
        page("/round", x -> redirect(x, 302, "/round"));
        page("/inside", x -> redirect(x, 302, "http://10.0.0.1/secret"));
        page("/metadata", x -> redirect(x, 302, "http://169.254.169.254/latest"));
        page("/chunks", TestWeb::chunks);
        page("/cut", TestWeb::cut);
        page("/never", x -> {});
        page("/big", TestWeb::big);
        page("/mcp", TestWeb::mcp);
        server.start();
    }

    @FunctionalInterface
    private interface Page {
        void serve(HttpExchange exchange) throws IOException;
    }

    private void page(String path, Page page) {
        server.createContext(path, exchange -> page.serve(exchange));
    }

    String url() {
        return "http://" + address();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange x, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        x.getResponseHeaders().set("Content-Type", type);
        x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = x.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void redirect(HttpExchange x, int status, String to) throws IOException {
        x.getResponseHeaders().set("Location", to);
        answer(x, status, "text/plain", "elsewhere");
    }

    private static void echo(HttpExchange x) throws IOException {
        String body = new String(x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var told = JsonMapper.shared().createObjectNode();
        told.put("method", x.getRequestMethod());
        told.put("body", body);
        told.put("type", x.getRequestHeaders().getFirst("Content-Type"));
        told.put("mark", x.getRequestHeaders().getFirst("X-Mark"));
        told.put("agent", x.getRequestHeaders().getFirst("User-Agent"));
        told.put("query", x.getRequestURI().getRawQuery());
        x.getResponseHeaders().set("X-Back", "one");
        answer(x, 200, "application/json", told.toString());
    }

    private static void chunks(HttpExchange x) throws IOException {
        x.sendResponseHeaders(200, 0);
        try (OutputStream out = x.getResponseBody()) {
            for (String piece : new String[] {"one ", "two ", "three"}) {
                out.write(piece.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    private static void cut(HttpExchange x) throws IOException {
        x.sendResponseHeaders(200, 1000);
        x.getResponseBody().write(new byte[10]);
        x.close();
    }

    private static void big(HttpExchange x) throws IOException {
        x.sendResponseHeaders(200, 0);
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = x.getResponseBody()) {
            for (int i = 0; i < 100; i++) {
                out.write(piece);
            }
        }
    }

    /** Offer the tools {@code add} and {@code fail}; the answer to a call comes as an event. */
    private static void mcp(HttpExchange x) throws IOException {
        JsonNode message = JsonMapper.shared().readTree(x.getRequestBody().readAllBytes());
        if (!message.has("id")) {
            answer(x, 202, "application/json", "");
            return;
        }
        String reply = reply(message);
        if (message.path("method").asString().equals("tools/call")) {
            answer(
                    x,
                    200,
                    "text/event-stream",
                    "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n"
                            + "event: message\ndata: " + reply + "\n\n");
        } else {
            answer(x, 200, "application/json", reply);
        }
    }

    static String reply(JsonNode message) {
        String method = message.path("method").asString();
        JsonNode params = message.path("params");
        String head = "{\"jsonrpc\":\"2.0\",\"id\":" + message.get("id") + ",";
        return switch (method) {
            case "initialize" ->
                head
                        + "\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"serverInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
            case "tools/list" ->
                head + "\"result\":{\"tools\":[{\"name\":\"add\",\"inputSchema\":{\"type\":\"object\"}}]}}";
            case "resources/list" -> head + "\"result\":{\"resources\":[{\"uri\":\"mem://a\",\"name\":\"a\"}]}}";
            case "prompts/list" -> head + "\"result\":{\"prompts\":[{\"name\":\"greet\"}]}}";
            case "resources/read" ->
                head + "\"result\":{\"contents\":[{\"uri\":" + params.get("uri") + ",\"text\":\"content\"}]}}";
            case "prompts/get" -> head + "\"result\":{\"messages\":[" + params.path("arguments") + "]}}";
            case "tools/call" -> head + call(params) + "}";
            default -> head + "\"error\":{\"code\":-32601,\"message\":\"no such method\"}}";
        };
    }

    private static String call(JsonNode params) {
        JsonNode given = params.path("arguments");
        return switch (params.path("name").asString()) {
            case "add" ->
                "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\""
                        + (given.path("a").asInt() + given.path("b").asInt()) + "\"}]}";
            case "fail" -> "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"broken\"}],\"isError\":true}";
            default ->
                "\"error\":{\"code\":-32602,\"message\":\"unknown tool\",\"data\":{\"tool\":" + params.get("name")
                        + "}}";
        };
    }

    /** The URLs for programs, by name. */
    Map<String, String> input() {
        return Map.of(
                "url", url(), "other", "http://localhost:" + server.getAddress().getPort());
    }

    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Override
    public void close() {
        stop();
    }
}
