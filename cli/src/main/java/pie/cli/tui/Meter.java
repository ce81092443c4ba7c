package pie.cli.tui;

/** Draw a share as a bar, an eighth of a cell exact. */
public final class Meter {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Meter() {}

    /** Draw a bar between two thin lines. */
    public static void draw(Canvas canvas, int x, int y, int width, double share, Ink ink) {
        canvas.put(x, y, '▕', Ink.FRAME);
        bar(canvas, x + 1, y, width - 2, share, ink);
        canvas.put(x + width - 1, y, '▏', Ink.FRAME);
    }

    /** Draw a bar alone. */
    public static void bar(Canvas canvas, int x, int y, int width, double share, Ink ink) {
        int eighths = (int) Math.round(Math.clamp(Double.isNaN(share) ? 0 : share, 0, 1) * width * 8);
        for (int i = 0; i < width; i++) {
            int here = Math.clamp(eighths - 8L * i, 0, 8);
            canvas.put(x + i, y, here == 8 ? '█' : EIGHTHS.charAt(here), ink);
        }
    }
}
