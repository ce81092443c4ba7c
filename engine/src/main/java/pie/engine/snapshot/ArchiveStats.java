package pie.engine.snapshot;

/**
 * Count what the archive holds, and what it did since it was opened.
 *
 * @param bytes of all files
 * @param damaged files that were set aside
 */
public record ArchiveStats(int snapshots, int pages, long bytes, long saved, long opened, long damaged) {}
