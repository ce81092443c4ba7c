/**
 * Count what the server does, for Prometheus. Names follow vLLM's where the meaning is the same; what engines count is asked of them
 * when somebody looks, what requests and processes took is noted when they end.
 */
@org.jspecify.annotations.NullMarked
package pie.server.metrics;
