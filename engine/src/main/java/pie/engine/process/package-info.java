/**
 * Describe a run of a program: identity, state, budgets, inbox, event log and outcome.
 *
 * <pre>
 * QUEUED -> STARTING -> RUNNING -> STOPPING -> COMPLETED | FAILED | CANCELLED | EXHAUSTED
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package pie.engine.process;
