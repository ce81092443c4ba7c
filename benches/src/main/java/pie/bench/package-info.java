/** Load engines over HTTP and report. */
@org.jspecify.annotations.NullMarked
package pie.bench;
