package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Hold the query vectors of some rows with one worker's scores and sums of them, and read pages for all of them together.
 *
 * <p>A score belongs to a vector and a column; a listed page takes columns that follow each other. Every vector's result has one order
 * of addition, whatever other vectors there are and however the pages are cut into calls: scores in f32, even and odd dimensions each
 * in ascending order and then both; the sum of e^score over lanes, columns in ascending order, then by halves; values in ascending order
 * of columns. {@link ScalarTile} says it in plain loops, and the others are compared with it bit for bit.
 */
interface AttentionTile {
    /** Make room and set all sums to 0. */
    void begin(int vectors, int columns);

    /** Take queries, side by side in f32, times the scale of scores. */
    void query(int vector, int vectors, MemorySegment y, long at);

    /**
     * Score the columns of pages.
     *
     * @param page first in the list; {@code pages} follow each other
     * @param offset of the keys in each page, in bytes
     * @param column of the first page's first slot
     */
    void scores(int vector, int vectors, PageList list, int page, int pages, long offset, int column);

    /** Have a vector not see the columns [from, to). */
    void hide(int vector, int from, int to);

    /** Turn scores of the columns [from, to) into e^(score - most); {@code from} is a multiple of the lanes. */
    void weigh(int vector, int from, int to);

    /**
     * Add values by their weights.
     *
     * @param page first in the list; {@code pages} follow each other
     * @param offset of the first slot's values in each page, in bytes
     * @param slots read of each page
     * @param column of the first slot
     */
    void values(int vector, int vectors, PageList list, int page, int pages, long offset, int slots, int column);

    /** Write sums of values over sums of weights, vectors side by side in f32; 0 for a vector that sees nothing. */
    void write(int vector, int vectors, MemorySegment out, long at);
}
