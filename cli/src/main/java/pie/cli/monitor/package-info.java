/**
 * Watch a server from a terminal: {@code pie top} and {@code pie serve --monitor}.
 *
 * <pre>
 * /v1/stats/stream ─► SnapshotFeed ─► Snapshot ─┐
 *                                     Trend ────┼─► Scene ─► Frame ─► Canvas ─► Painter ─► Screen
 * keys ─► Controls ─► View ─────────────────────┘
 * </pre>
 *
 * A frame is a function of a scene: tests draw scenes of known numbers and read the picture.
 */
@org.jspecify.annotations.NullMarked
package pie.cli.monitor;
