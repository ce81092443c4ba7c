/**
 * Carry calls between a guest language and the inferlet API objects: one table of named operations for all languages, values turned
 * into what the language knows, and a queue of completed operations that the guest's own event loop reads.
 *
 * <p>Everything here runs on the thread of the guest, except that operations complete on any thread and then only enqueue.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.bridge;
