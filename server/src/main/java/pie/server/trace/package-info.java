/**
 * Tell a collector of traces what requests did: spans over OTLP/HTTP as JSON, in batches, off the threads that serve. A collector that
 * is slow or gone costs dropped spans and nothing else.
 */
@org.jspecify.annotations.NullMarked
package pie.server.trace;
