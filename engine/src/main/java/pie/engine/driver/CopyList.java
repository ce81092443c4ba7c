package pie.engine.driver;

/** Name pages to copy: page {@code from[i]} to page {@code to[i]}, whole. */
public record CopyList(int[] from, int[] to) {}
