/**
 * Own the adapters of one model: low-rank additions to its matrices, by name and by content.
 *
 * <p>An {@link pie.engine.adapter.Adapter} never changes; loading other numbers under a name makes another one of it, and rows that were
 * computed with the first keep it. What a page holds depends on the adapters of its rows, so their contents are part of its key.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.adapter;
