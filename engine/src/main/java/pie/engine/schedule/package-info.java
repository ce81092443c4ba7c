/**
 * Choose the rows of each step: decode rows first, then slices of prefill and replay, in rank order, within the driver's limits.
 *
 * <pre>
 * step      begins when                                                     ends when
 * open      the driver has room; a running step is about to end             sealed with the rows there are
 * submitted handed to the driver, its pages pinned                          the driver comes to it, in order
 * ended     result or fault                                                 all steps before it are settled
 * settled   results taken in rank order, pins dropped                       -
 * </pre>
 *
 * Law: steps are settled in order. A row of a step that was planned before its work ended is void: what it computed is dropped and
 * costs nothing. Nobody but the loop looks at rows that are not settled.
 * Nothing here holds a lock, a thread or a clock: the engine loop alone touches it.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.schedule;
