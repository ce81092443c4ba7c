package pie.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Serve what the programs of the examples ask the web for, on the loopback address. */
final class Neighbour implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Neighbour() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/weather", x -> answer(x, 200, "3 degrees, light rain"));
        server.createContext("/hello", x -> answer(x, 200, "hello"));
        server.createContext("/missing", x -> answer(x, 404, "no such page"));
        server.createContext("/page", x -> answer(x, 200, x.getRequestURI().getRawQuery()));
        server.createContext("/moved", x -> redirect(x, "/hello"));
        server.createContext("/inside", x -> redirect(x, "http://10.0.0.1/secret"));
        server.createContext("/echo", Neighbour::echo);
        server.createContext("/stream", Neighbour::stream);
        server.createContext("/mcp", Neighbour::mcp);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange x, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = x.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void redirect(HttpExchange x, String to) throws IOException {
        x.getResponseHeaders().set("Location", to);
        answer(x, 302, "elsewhere");
    }

    private static void echo(HttpExchange x) throws IOException {
        var told = (ObjectNode) JsonMapper.shared().readTree(x.getRequestBody().readAllBytes());
        told.put("mark", x.getRequestHeaders().getFirst("X-Mark"));
        x.getResponseHeaders().set("Content-Type", "application/json");
        answer(x, 200, told.toString());
    }

    private static void stream(HttpExchange x) throws IOException {
        x.sendResponseHeaders(200, 0);
        try (OutputStream out = x.getResponseBody()) {
            for (String piece : new String[] {"one ", "two ", "three"}) {
                out.write(piece.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        }
    }

    /** A server of the Model Context Protocol with the tools {@code add} and {@code fail}. */
    private static void mcp(HttpExchange x) throws IOException {
        JsonNode message = JsonMapper.shared().readTree(x.getRequestBody().readAllBytes());
        if (!message.has("id")) {
            answer(x, 202, "");
            return;
        }
        JsonNode params = message.path("params");
        JsonNode given = params.path("arguments");
        String result = switch (message.path("method").asString() + " "
                + params.path("name").asString("")) {
            case "tools/call add" ->
                "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\""
                        + (given.path("a").asInt() + given.path("b").asInt()) + "\"}]}";
            case "tools/call fail" ->
                "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"broken\"}],\"isError\":true}";
            case "tools/list " -> "\"result\":{\"tools\":[{\"name\":\"add\",\"inputSchema\":{\"type\":\"object\"}}]}";
            case "initialize " ->
                "\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                        + "\"serverInfo\":{\"name\":\"notes\",\"version\":\"1\"}}";
            default -> "\"error\":{\"code\":-32601,\"message\":\"no such method\"}";
        };
        x.getResponseHeaders().set("Content-Type", "application/json");
        answer(x, 200, "{\"jsonrpc\":\"2.0\",\"id\":" + message.get("id") + "," + result + "}");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
