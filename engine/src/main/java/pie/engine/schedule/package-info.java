/**
 * Choose the rows of each step: decode rows first, then slices of prefill and replay, in rank order, within the driver's limits.
 *
 * <p>Nothing here holds a lock, a thread or a clock: the engine loop alone touches it.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.schedule;
