/**
 * Serve launches, events and observation over HTTP.
 *
 * <pre>
 * socket -> ConnectionWatch -> Helidon -> FrontDoor (request id, Host, Origin, token) -> Router -> *Routes -> Launcher
 *                                                                                          |
 *                                            EventStream  <- EventLog.Watcher  <-----------+
 * </pre>
 *
 * Handlers run on virtual threads and reach the engine through the {@link pie.server.Launcher} only. Every request is answered, by
 * an error body if by nothing else; every wait, queue and buffer that a client can grow has a bound in
 * {@link pie.server.ServerLimits}.
 */
@org.jspecify.annotations.NullMarked
package pie.server;
