package pie.inferlet;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Call servers of the Model Context Protocol that the client or the operator registered: module {@code mcp}. */
public final class Mcp {
    private Mcp() {}

    /** Return the names of the servers. */
    public static List<String> availableServers() {
        return live().mcp().available();
    }

    public static CompletableFuture<List<String>> availableServersAsync() {
        return CompletableFuture.completedFuture(availableServers());
    }

    /** Connect to a server. @throws pie.engine.PieException NOT_FOUND, UPSTREAM_FAILURE */
    public static McpSession connect(String name) {
        return Host.current().await(connectAsync(name), "host");
    }

    public static CompletableFuture<McpSession> connectAsync(String name) {
        Host host = live();
        return Futures.map(host.begun(host.mcp().connect(name), "host"), link -> new McpSession(host, name, link));
    }

    private static Host live() {
        Host host = Host.current();
        host.checkLive();
        return host;
    }
}
