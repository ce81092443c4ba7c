/**
 * Own pages and contexts of one device.
 *
 * <pre>
 * slot       referred to by          content                    becomes
 * FREE       nobody                  none                       WORKING
 * WORKING    exactly 1 context       mutable, no key            COMMITTED (full, settled), FREE
 * COMMITTED  at least 1 context      immutable, keyed           RETAINED (last reference gone)
 * RETAINED   no context              keyed                      COMMITTED (taken again), FREE (reclaimed)
 * </pre>
 *
 * A slot that a submitted step or copy names is pinned: it keeps its state until the last pin goes, also if nobody refers to it.
 * Law: FREE + WORKING + COMMITTED + RETAINED + RESERVED = total; refs of a slot = contexts naming it; pins =
 * submitted steps and copies naming it; no committed page ever changes.
 * Nothing here holds a lock, a thread or a clock: the engine loop alone touches it.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.kv;
