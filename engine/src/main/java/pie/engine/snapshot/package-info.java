/**
 * Keep snapshots of contexts on disk: whole, checked and found again after any crash.
 *
 * <pre>
 * pages/ab/abcd….kv               rows of one page, named by its key; shared by all snapshots that hold it
 * names/owner/model/name.snap     lineage of one snapshot and the keys of its pages
 * damaged/…                       files that failed their check, set aside
 * secret                          key of the page digest, made once
 * </pre>
 *
 * Law: a file appears under its name only when its content is on the disk, and a {@code .snap} only when its pages are. So a crash
 * at any moment leaves the old or the new snapshot, whole. A page file is a copy of what its lineage yields: one that is lost or
 * damaged is computed again, never served.
 *
 * <p>Everything here may wait for the disk and runs on the file pool, never on the engine loop.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.snapshot;
