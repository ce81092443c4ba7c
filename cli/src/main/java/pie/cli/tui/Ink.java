package pie.cli.tui;

/** Name what a cell's colour means. */
public enum Ink {
    TEXT,
    /** What one need not read: labels, hints, units. */
    DIM,
    /** Lines and frames. */
    FRAME,
    /** Values that are looked for. */
    STRONG,
    /** Names and headings. */
    ACCENT,
    GOOD,
    WARN,
    BAD,
    /** What the market says. */
    MARKET,
    /** What a graph is drawn in, from its foot to its top. */
    GRAPH_LOW,
    GRAPH_MID,
    GRAPH_HIGH
}
