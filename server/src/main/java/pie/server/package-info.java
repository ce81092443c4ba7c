/** Serve launches, events and observation over HTTP; handlers run on virtual threads and reach the engine through the runtime. */
@org.jspecify.annotations.NullMarked
package pie.server;
