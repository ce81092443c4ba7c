package pie.runtime.mcp;

import java.util.concurrent.CompletableFuture;

/** Carry messages of JSON-RPC to a server. Safe for use from several threads. */
@FunctionalInterface
public interface McpPeer extends AutoCloseable {
    /**
     * Send a message.
     *
     * @param message JSON text
     * @param id of a request, 0 for a notification
     * @return the message that answers a request, {@code ""} for a notification; fails with whatever went wrong on the way
     */
    CompletableFuture<String> send(String message, long id);

    @Override
    default void close() {}
}
