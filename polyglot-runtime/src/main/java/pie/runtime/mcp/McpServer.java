package pie.runtime.mcp;

import java.util.List;
import java.util.Map;

/** Say how a server is reached. */
public sealed interface McpServer {
    /** By streamable HTTP. */
    record Http(String url, Map<String, String> headers) implements McpServer {}

    /** As a process that reads and writes lines; for the operator alone. */
    record Command(List<String> words) implements McpServer {}

    /** Through someone who passes messages on, such as the attached client. */
    record Relay(McpPeer peer) implements McpServer {}
}
