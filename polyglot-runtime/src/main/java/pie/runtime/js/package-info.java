/** Run JavaScript and TypeScript programs on GraalJS: contexts prepared with the module {@code inferlet}, one program each. */
@org.jspecify.annotations.NullMarked
package pie.runtime.js;
