/** Call servers of the Model Context Protocol: over HTTP, as processes of the operator, or through the client. Results stay raw JSON. */
@org.jspecify.annotations.NullMarked
package pie.runtime.mcp;
