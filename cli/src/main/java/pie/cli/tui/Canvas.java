package pie.cli.tui;

import java.util.Arrays;
import org.jline.utils.WCWidth;

/** Hold one picture of a terminal: a character and an ink for each cell. What is put outside of it is cut off. */
public final class Canvas {
    static final int MARKED = 0x100;
    /** Stands in the second cell of a character that takes two. */
    static final int TAIL = 0;

    private final int width;
    private final int height;
    private final int[] glyphs;
    private final int[] inks;

    public Canvas(int width, int height) {
        this.width = Math.max(0, width);
        this.height = Math.max(0, height);
        glyphs = new int[this.width * this.height];
        inks = new int[glyphs.length];
        Arrays.fill(glyphs, ' ');
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public Rect bounds() {
        return new Rect(0, 0, width, height);
    }

    int glyph(int cell) {
        return glyphs[cell];
    }

    int ink(int cell) {
        return inks[cell];
    }

    /** Put one character. Controls become a space. */
    public void put(int x, int y, int glyph, Ink ink) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            return;
        }
        int at = y * width + x;
        if (glyphs[at] == TAIL && x > 0) { // the other half of a wide character loses its meaning
            glyphs[at - 1] = ' ';
        }
        if (x + 1 < width && glyphs[at + 1] == TAIL) {
            glyphs[at + 1] = ' ';
        }
        glyphs[at] = glyph < ' ' || glyph == 0x7f ? ' ' : glyph;
        inks[at] = ink.ordinal() | inks[at] & MARKED;
    }

    /** Return the dots of the braille character that stands in a cell, none for another character. */
    int braille(int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            return 0;
        }
        int glyph = glyphs[y * width + x];
        return glyph >= Braille.FIRST && glyph <= Braille.LAST ? glyph - Braille.FIRST : 0;
    }

    /** Put a text, at most {@code room} cells of it. Return the column behind it. */
    public int put(int x, int y, String text, Ink ink, int room) {
        int end = Math.min(width, x + room);
        int at = x;
        for (int i = 0; i < text.length(); ) {
            int glyph = text.codePointAt(i);
            i += Character.charCount(glyph);
            int cells = cells(glyph);
            if (cells == 0) {
                continue;
            }
            if (at + cells > end) {
                break;
            }
            put(at, y, glyph, ink);
            if (cells == 2) {
                put(at + 1, y, ' ', ink);
                if (at >= 0 && y >= 0 && y < height) {
                    glyphs[y * width + at + 1] = TAIL;
                }
            }
            at += cells;
        }
        return at;
    }

    public int put(int x, int y, String text, Ink ink) {
        return put(x, y, text, ink, width + Math.max(0, -x));
    }

    /** Put a text so that it ends before column {@code right}. */
    public void putRight(int right, int y, String text, Ink ink) {
        put(right - cells(text), y, text, ink);
    }

    /** Put a text into so many cells, with {@code …} where it is longer. */
    public void putCut(int x, int y, String text, Ink ink, int room) {
        if (cells(text) <= room) {
            put(x, y, text, ink, room);
        } else if (room > 0) {
            int end = put(x, y, text, ink, room - 1);
            put(end, y, '…', Ink.DIM);
        }
    }

    /** Mark cells as chosen. */
    public void mark(Rect r) {
        for (int y = Math.max(0, r.y()); y < Math.min(height, r.bottom()); y++) {
            for (int x = Math.max(0, r.x()); x < Math.min(width, r.right()); x++) {
                inks[y * width + x] |= MARKED;
            }
        }
    }

    public void clear(Rect r) {
        for (int y = r.y(); y < r.bottom(); y++) {
            for (int x = r.x(); x < r.right(); x++) {
                put(x, y, ' ', Ink.TEXT);
            }
        }
    }

    /** Draw a frame with a title on its upper line, and a value on the right of it. */
    public void frame(Rect r, String title, String value, Ink ink) {
        if (r.width() < 2 || r.height() < 2) {
            return;
        }
        int right = r.right() - 1;
        int bottom = r.bottom() - 1;
        for (int x = r.x() + 1; x < right; x++) {
            put(x, r.y(), '─', Ink.FRAME);
            put(x, bottom, '─', Ink.FRAME);
        }
        for (int y = r.y() + 1; y < bottom; y++) {
            put(r.x(), y, '│', Ink.FRAME);
            put(right, y, '│', Ink.FRAME);
        }
        put(r.x(), r.y(), '╭', Ink.FRAME);
        put(right, r.y(), '╮', Ink.FRAME);
        put(r.x(), bottom, '╰', Ink.FRAME);
        put(right, bottom, '╯', Ink.FRAME);
        int room = r.width() - 4;
        if (room <= 0) {
            return;
        }
        int valueCells = value.isEmpty() ? 0 : cells(value) + 2;
        int titleRoom = Math.max(0, room - valueCells);
        if (!title.isEmpty() && titleRoom > 2) {
            String text = " " + title + " ";
            put(r.x() + 2, r.y(), text, Ink.DIM, titleRoom);
        }
        if (valueCells > 0 && valueCells <= room) {
            putRight(right - 1, r.y(), " " + value + " ", ink);
        }
    }

    /** Return how many cells a text takes. */
    public static int cells(String text) {
        int n = 0;
        for (int i = 0; i < text.length(); ) {
            int glyph = text.codePointAt(i);
            i += Character.charCount(glyph);
            n += cells(glyph);
        }
        return n;
    }

    static int cells(int glyph) {
        if (glyph < 0x20 || glyph == 0x7f) {
            return 1;
        }
        return glyph < 0x300 ? 1 : Math.max(0, WCWidth.wcwidth(glyph));
    }

    /** Return the text of a row without the spaces at its end; for tests and for pipes. */
    public String row(int y) {
        var text = new StringBuilder(width);
        for (int x = 0; x < width; x++) {
            int glyph = glyphs[y * width + x];
            if (glyph != TAIL) {
                text.appendCodePoint(glyph);
            }
        }
        return text.toString().stripTrailing();
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int y = 0; y < height; y++) {
            text.append(row(y)).append('\n');
        }
        return text.toString();
    }
}
