/**
 * Speak the WebSocket protocol of the Pie clients, generations 0.4 and 0.5: MessagePack maps in binary frames, requests answered by
 * {@code corr_id}, events of processes as they happen.
 *
 * <pre>
 * socket -> FrameReader -> Session -> answers and events -> Outbox (one writer) -> socket
 *                             '-> EventPump, one a process, waits where the outbox is full; then the program waits too
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package pie.server.ws;
