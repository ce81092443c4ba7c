package pie.server.ws;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import pie.engine.event.Texts;
import pie.engine.process.ProcessId;
import pie.runtime.mcp.McpPeer;
import pie.runtime.mcp.McpServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Let the programs of one session call MCP servers that its client runs: requests of programs go to the client as {@code mcp_request},
 * and its {@code mcp_response} goes back. Safe for use from several threads.
 */
final class McpRelay implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Clients take frames of at most a MiB. */
    private static final int PARAMS_MAX = 1_000_000;

    /** What JSON-RPC leaves to implementations, and what the client has said that is no JSON. */
    private static final int FAILED = -32000;

    private static final int UNREADABLE = -32603;

    private final Channel channel;
    /** Addresses by name, empty for a server that the client runs. */
    private final Map<String, Optional<McpServer.Http>> servers = new LinkedHashMap<>();

    private final Map<Long, Call> open = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private volatile boolean closed;

    McpRelay(Channel channel) {
        this.channel = channel;
    }

    /** Hold a request that the client is to answer. @param id by which the program knows it */
    private record Call(long id, CompletableFuture<String> answer) {
        void left() {
            answer.complete(failed(id, FAILED, "the client has left"));
        }
    }

    /** Stand for a process that is about to be, and knows its id before it runs. */
    static final class Caller {
        private volatile String process = "";

        Caller is(ProcessId id) {
            process = id.toString();
            return this;
        }
    }

    /** Take a server in, in place of one of the same name. @return its name @throws Fields.Refused */
    String register(Fields m) {
        String name = m.text("name");
        String transport = m.text("transport");
        Optional<McpServer.Http> server = switch (transport) {
            case "stdio" -> Optional.empty();
            case "http" -> Optional.of(new McpServer.Http(address(m.text("url")), Map.of()));
            default -> throw new Fields.Refused("Unsupported MCP transport '" + transport + "'");
        };
        synchronized (servers) {
            servers.put(name, server);
        }
        return name;
    }

    private static String address(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException none) {
            // told below
        }
        throw new Fields.Refused("Invalid field 'url' in 'register_mcp_server'");
    }

    /** Return the servers that have been registered, as a process reaches them. */
    Map<String, McpServer> servers(Caller caller) {
        var own = new LinkedHashMap<String, McpServer>();
        synchronized (servers) {
            servers.forEach((name, server) ->
                    own.put(name, server.isPresent() ? server.get() : new McpServer.Relay(peer(name, caller))));
        }
        return own;
    }

    /** Return the names of the servers that have been registered. */
    List<String> names() {
        synchronized (servers) {
            return List.copyOf(servers.keySet());
        }
    }

    /** Return what reaches a server for a process that runs already; empty where the client does not run it. */
    Optional<McpPeer> relayed(String server, ProcessId process) {
        synchronized (servers) {
            return Optional.empty().equals(servers.get(server))
                    ? Optional.of(peer(server, new Caller().is(process)))
                    : Optional.empty();
        }
    }

    private McpPeer peer(String server, Caller caller) {
        return (message, id) -> send(server, caller, message, id);
    }

    private CompletableFuture<String> send(String server, Caller caller, String message, long id) {
        JsonNode request = JsonMapper.shared().readTree(message);
        String method = request.path("method").asString("");
        if (id == 0) { // clients greet the servers that they run by themselves
            return CompletableFuture.completedFuture("");
        }
        if (method.equals("initialize")) {
            return CompletableFuture.completedFuture(hello(request, server, id));
        }
        String params = request.path("params").toString();
        if (Texts.exceeds(params, PARAMS_MAX)) {
            return CompletableFuture.completedFuture(failed(id, FAILED, "the request is larger than clients take"));
        }
        long corrId = ids.incrementAndGet();
        var call = new Call(id, new CompletableFuture<>());
        open.put(corrId, call);
        call.answer.completeOnTimeout(
                failed(id, FAILED, "the client has not answered within " + PATIENCE.toSeconds() + " s"),
                PATIENCE.toSeconds(),
                TimeUnit.SECONDS);
        var unused = call.answer.whenComplete((text, error) -> open.remove(corrId));
        if (closed) {
            call.left();
        } else {
            channel.mcpRequest(corrId, caller.process, server, method, params);
        }
        return call.answer;
    }

    /** Take what the client says; nobody may be waiting for it any more. @throws Fields.Refused for a message that cannot be read */
    void answer(Fields m) {
        OptionalLong corrId = m.corrId();
        Call call = corrId.isEmpty() ? null : open.get(corrId.getAsLong());
        if (call != null) {
            call.answer.complete(answer(call.id, m.flag("ok", false), m.text("result")));
        }
    }

    private static String answer(long id, boolean ok, String said) {
        JsonNode value;
        try {
            value = JsonMapper.shared().readTree(said);
        } catch (JacksonException e) {
            return failed(id, ok ? UNREADABLE : FAILED, ok ? "the client's answer is no JSON" : said);
        }
        if (!ok && !value.isObject()) {
            return failed(id, FAILED, said);
        }
        ObjectNode answer = message(id);
        answer.set(ok ? "result" : "error", value);
        return answer.toString();
    }

    /** Fail what is open: its client has left. */
    @Override
    public void close() {
        closed = true;
        open.values().forEach(Call::left);
    }

    private static String hello(JsonNode request, String server, long id) {
        ObjectNode answer = message(id);
        ObjectNode result = answer.putObject("result");
        result.set("protocolVersion", request.path("params").path("protocolVersion"));
        result.putObject("capabilities");
        result.putObject("serverInfo").put("name", server).put("version", "");
        return answer.toString();
    }

    private static ObjectNode message(long id) {
        return JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0").put("id", id);
    }

    private static String failed(long id, int code, String why) {
        ObjectNode answer = message(id);
        answer.putObject("error").put("code", code).put("message", why);
        return answer.toString();
    }
}
