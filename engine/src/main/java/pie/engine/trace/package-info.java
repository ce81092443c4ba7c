/**
 * Keep what a profiled process did, moment by moment: a {@link pie.engine.trace.Timeline}, which it has only while somebody asked for one.
 *
 * <p>Law: without a timeline nothing here runs; who may write one reads a single field to know.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.trace;
