package pie.runtime.mcp;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/** Show one process the servers that it may call: the operator's, those of its launch, and its client's. */
public final class ProcessMcp implements Host.McpServers, AutoCloseable {
    private final Map<String, McpServer> own;
    private final Map<String, McpServer> operators;
    private final Host.Web web;
    private final Host.Web unbounded;
    private final Map<String, McpServer> registered = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Host.McpLink>> connections = new LinkedHashMap<>();
    private final List<McpConnection> opened = new java.util.ArrayList<>();
    private boolean closed;

    /**
     * @param own servers of the launch, within the program's network permission
     * @param operators servers that the operator configured
     * @param web bounded as the program is
     * @param unbounded for what the operator configured
     */
    public ProcessMcp(Map<String, McpServer> own, Map<String, McpServer> operators, Host.Web web, Host.Web unbounded) {
        this.own = own;
        this.operators = operators;
        this.web = web;
        this.unbounded = unbounded;
    }

    /** Let the program call a server through someone, in place of who had that name; what is under way goes on. */
    public synchronized void register(String name, McpPeer peer) {
        registered.put(name, new McpServer.Relay(peer));
        connections.remove(name);
    }

    @Override
    public List<String> available() {
        var names = new TreeSet<>(operators.keySet());
        names.addAll(own.keySet());
        names.addAll(registered.keySet());
        return List.copyOf(names);
    }

    private Optional<McpServer> server(String name) {
        return Optional.ofNullable(registered.getOrDefault(name, own.getOrDefault(name, operators.get(name))));
    }

    @Override
    public synchronized CompletableFuture<Host.McpLink> connect(String name) {
        McpServer server = server(name)
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "MCP server '" + name + "' not found; registered: "
                                + (available().isEmpty() ? "none" : String.join(", ", available())),
                        Map.of("kind", "mcp_server")));
        if (closed) {
            throw new PieException(ErrorCode.CANCELLED, "the process has ended");
        }
        CompletableFuture<Host.McpLink> known = connections.get(name);
        if (known == null || known.isCompletedExceptionally()) {
            known = open(name, server);
            connections.put(name, known);
        }
        return known.copy();
    }

    private CompletableFuture<Host.McpLink> open(String name, McpServer server) {
        McpPeer peer;
        try {
            peer = switch (server) {
                case McpServer.Http http -> new HttpPeer(operators.containsValue(http) ? unbounded : web, http);
                case McpServer.Command command -> new CommandPeer(command);
                case McpServer.Relay relay -> relay.peer();
            };
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.UPSTREAM_FAILURE,
                    "MCP server '" + name + "' cannot be started: " + e.getMessage(),
                    Map.of("peer", name),
                    e);
        }
        var connection = new McpConnection(name, peer);
        opened.add(connection);
        return connection.open();
    }

    @Override
    public void close() {
        List<McpConnection> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(opened);
        }
        left.forEach(McpConnection::close);
    }
}
