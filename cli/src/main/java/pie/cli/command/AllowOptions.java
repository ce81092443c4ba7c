package pie.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cli.PieHome;
import pie.engine.PieException;
import pie.runtime.GuestPolicy;
import pie.runtime.Permissions;
import pie.runtime.mcp.McpServer;

/** Take the options that say what programs may do beyond computing. */
final class AllowOptions {
    @Mixin
    private AskOptions asks = new AskOptions();

    @Option(
            names = "--allow-private",
            paramLabel = "HOST",
            description = "Host that programs with network may ask although its address is private. May be repeated.")
    private List<String> privateHosts = new ArrayList<>();

    @Option(
            names = "--mcp",
            paramLabel = "NAME=SERVER",
            description = "MCP server for all programs: its http address, or a command. May be repeated.")
    private List<String> servers = new ArrayList<>();

    AskOptions asks() {
        return asks;
    }

    Permissions permissions() {
        return asks.permissions();
    }

    /** Return the policy of a server that lets programs ask for what is allowed. */
    GuestPolicy policy() {
        return GuestPolicy.DEFAULT
                .withCaps(permissions())
                .withPrivateHosts(privateHosts)
                .withDataFolder(PieHome.path().resolve("data"))
                .withMcp(mcp());
    }

    private Map<String, McpServer> mcp() {
        var named = new LinkedHashMap<String, McpServer>();
        for (String server : servers) {
            int at = server.indexOf('=');
            if (at < 1) {
                throw PieException.invalid("--mcp reads NAME=http://… or NAME=COMMAND, not '" + server + "'");
            }
            String where = server.substring(at + 1);
            named.put(
                    server.substring(0, at),
                    where.startsWith("http://") || where.startsWith("https://")
                            ? new McpServer.Http(where, Map.of())
                            : new McpServer.Command(List.of(where.split(" +"))));
        }
        return named;
    }
}
