package pie.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.PieException;
import pie.runtime.NetworkRule;
import pie.runtime.Permissions;
import pie.runtime.mcp.McpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Read what a launch asks for beyond computing: {@code permissions} and {@code mcp}. */
final class PermissionsBody {
    private static final Set<String> KEYS = Set.of("network", "files", "launch", "publish");
    private static final Set<String> SERVER_KEYS = Set.of("name", "transport", "url", "headers");

    private final Problems problems;

    PermissionsBody(Problems problems) {
        this.problems = problems;
    }

    Permissions permissions(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Permissions.DEFAULT;
        }
        if (!(node instanceof ObjectNode asked)) {
            problems.wrong("/permissions", "an object", node);
            return Permissions.DEFAULT;
        }
        problems.unknown("/permissions", asked, KEYS);
        return new Permissions(
                network(asked.path("network")),
                flag(asked, "files", false),
                flag(asked, "launch", true),
                flag(asked, "publish", false));
    }

    private boolean flag(ObjectNode asked, String key, boolean absent) {
        JsonNode node = asked.path(key);
        if (!node.isMissingNode() && !node.isBoolean()) {
            problems.wrong("/permissions/" + key, "true or false", node);
        }
        return node.isBoolean() ? node.asBoolean() : absent;
    }

    private NetworkRule network(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return NetworkRule.NONE;
        }
        if (node.isBoolean()) {
            return node.asBoolean() ? NetworkRule.ANY : NetworkRule.NONE;
        }
        List<String> hosts = new ArrayList<>();
        if (node instanceof ArrayNode list && list.valueStream().allMatch(JsonNode::isString)) {
            list.valueStream().forEach(host -> hosts.add(host.asString()));
            try {
                return NetworkRule.of(hosts);
            } catch (PieException e) {
                problems.add("/permissions/network", e.message());
                return NetworkRule.NONE;
            }
        }
        problems.wrong("/permissions/network", "true, false or a list of hosts", node);
        return NetworkRule.NONE;
    }

    /** Read the MCP servers that a program brings along. */
    Map<String, McpServer> servers(JsonNode node) {
        var servers = new LinkedHashMap<String, McpServer>();
        if (node.isMissingNode() || node.isNull()) {
            return servers;
        }
        if (!(node instanceof ArrayNode list)) {
            problems.wrong("/mcp", "a list of objects", node);
            return servers;
        }
        for (int i = 0; i < list.size(); i++) {
            server("/mcp/" + i, list.get(i), servers);
        }
        return servers;
    }

    private void server(String path, JsonNode node, Map<String, McpServer> servers) {
        if (!(node instanceof ObjectNode server)) {
            problems.wrong(path, "an object", node);
            return;
        }
        problems.unknown(path, server, SERVER_KEYS);
        String name = server.path("name").asString("");
        String url = server.path("url").asString("");
        if (name.isEmpty()) {
            problems.add(path + "/name", "is missing");
        }
        if (!server.path("transport").asString("http").equals("http")) {
            problems.wrong(path + "/transport", "\"http\"", server.path("transport"));
        }
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            problems.add(path + "/url", "must begin with http:// or https://");
        }
        var headers = new LinkedHashMap<String, String>();
        server.path("headers")
                .properties()
                .forEach(e -> headers.put(e.getKey(), e.getValue().asString("")));
        servers.put(name, new McpServer.Http(url, headers));
    }
}
