package pie.cuda.model;

/**
 * Name a matrix on the device, packed for {@code gemm}: tiles of 16 rows and 32 columns, 1 KiB each, tiles of a row of tiles side by side,
 * filled up with zeros.
 *
 * <pre>
 * tile    [half: rows 0-7, 8-15][lane = 4 * (row % 8) + column / 8][column % 8]
 * </pre>
 *
 * @param outputs results of the matrix; where gates and ups are mixed, outputs after the gating
 * @param tiles rows of tiles, a multiple of 4
 * @param columnTiles tiles of one row of tiles
 * @param plain address of the same rows one after the other, {@link #stride} apart, for libraries; 0 for none
 */
public record PackedMatrix(long address, int outputs, int inputs, int tiles, int columnTiles, long plain) {
    public static final int TILE_ROWS = 16;
    public static final int TILE_COLUMNS = 32;
    public static final int TILE_BYTES = 2 * TILE_ROWS * TILE_COLUMNS;

    static int tiles(int rows) {
        return (rows + 4 * TILE_ROWS - 1) / (4 * TILE_ROWS) * 4;
    }

    static int columnTiles(int columns) {
        return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
    }

    /** Return how far apart rows of inputs lie, in numbers. */
    public static int stride(int columns) {
        return columnTiles(columns) * TILE_COLUMNS;
    }

    /** Return all rows of all tiles. */
    public int rows() {
        return tiles * TILE_ROWS;
    }

    public long bytes() {
        return (long) tiles * columnTiles * TILE_BYTES;
    }
}
