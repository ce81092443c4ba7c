package pie.cli.tui;

/** Draw a series of numbers as a filled graph in braille characters, two columns and four rows of dots a cell. */
public final class Braille {
    static final int FIRST = 0x2800;
    static final int LAST = 0x28ff;

    /** Dots of a cell's left and right column, from the foot up (Unicode, "Braille Patterns"). */
    private static final int[] LEFT = {0x40, 0x04, 0x02, 0x01};

    private static final int[] RIGHT = {0x80, 0x20, 0x10, 0x08};

    private Braille() {}

    /**
     * Draw the newest values at the right edge; NaN leaves a gap.
     *
     * @param values oldest first
     * @param most value of the upper edge
     */
    public static void draw(Canvas canvas, Rect r, double[] values, double most) {
        int dots = 4 * r.height();
        for (int column = 0; column < 2 * r.width(); column++) {
            int at = values.length - 2 * r.width() + column;
            if (at < 0 || Double.isNaN(values[at]) || most <= 0) {
                continue;
            }
            double share = Math.clamp(values[at] / most, 0, 1);
            int high = values[at] > 0 ? Math.max(1, (int) Math.round(share * dots)) : 0;
            column(canvas, r, column, high);
        }
    }

    private static void column(Canvas canvas, Rect r, int column, int high) {
        int x = r.x() + column / 2;
        int[] bits = column % 2 == 0 ? LEFT : RIGHT;
        for (int row = 0; 4 * row < high; row++) {
            int y = r.bottom() - 1 - row;
            int pattern = canvas.braille(x, y);
            for (int dot = 0; dot < Math.min(4, high - 4 * row); dot++) {
                pattern |= bits[dot];
            }
            canvas.put(x, y, FIRST + pattern, ink(row, r.height()));
        }
    }

    private static Ink ink(int row, int rows) {
        double place = (row + 0.5) / rows;
        return place < 0.34 ? Ink.GRAPH_LOW : place < 0.67 ? Ink.GRAPH_MID : Ink.GRAPH_HIGH;
    }
}
