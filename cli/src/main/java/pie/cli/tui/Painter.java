package pie.cli.tui;

import org.jspecify.annotations.Nullable;

/** Write the cells of a picture that differ from those of the last one. */
public final class Painter {
    /** Marks that let a terminal show a frame at once (DEC private mode 2026); others pass over them. */
    private static final String BEGIN = "\u001b[?2026h";

    private static final String END = "\u001b[0m\u001b[?2026l";
    /** Unchanged cells that are cheaper to write again than to jump over. */
    private static final int JUMP = 4;

    private final Theme theme;
    private @Nullable Canvas last;

    public Painter(Theme theme) {
        this.theme = theme;
    }

    /** Forget what is on the screen, so that the next frame is written whole. */
    public void forget() {
        last = null;
    }

    /** Return what makes the screen show {@code next}; empty if it does already. */
    public String frame(Canvas next) {
        Canvas before = last;
        last = next;
        boolean whole = before == null || before.width() != next.width() || before.height() != next.height();
        var out = new StringBuilder();
        if (whole) {
            out.append("\u001b[0m\u001b[2J");
        }
        int ink = -1;
        for (int y = 0; y < next.height(); y++) {
            int cursor = -1;
            for (int x = 0; x < next.width(); x++) {
                int cell = y * next.width() + x;
                if (same(whole ? null : before, next, cell) || next.glyph(cell) == Canvas.TAIL) {
                    continue;
                }
                if (cursor < 0 || x - cursor > JUMP || blank(next, y, cursor, x)) {
                    out.append("\u001b[")
                            .append(y + 1)
                            .append(';')
                            .append(x + 1)
                            .append('H');
                } else {
                    for (; cursor < x; cursor++) {
                        ink = cell(out, next, y * next.width() + cursor, ink);
                    }
                }
                ink = cell(out, next, cell, ink);
                cursor = x + Canvas.cells(next.glyph(cell));
            }
        }
        return out.isEmpty() ? "" : BEGIN + out + END;
    }

    /** Say whether there is half a wide character between two columns, which cannot be written again by itself. */
    private static boolean blank(Canvas c, int y, int from, int to) {
        for (int x = from; x < to; x++) {
            if (c.glyph(y * c.width() + x) == Canvas.TAIL || Canvas.cells(c.glyph(y * c.width() + x)) == 2) {
                return true;
            }
        }
        return false;
    }

    private static boolean same(@Nullable Canvas before, Canvas next, int cell) {
        if (before == null) {
            return next.glyph(cell) == ' ' && (next.ink(cell) & Canvas.MARKED) == 0;
        }
        return before.glyph(cell) == next.glyph(cell)
                && (before.ink(cell) == next.ink(cell)
                        || next.glyph(cell) == ' ' && ((before.ink(cell) ^ next.ink(cell)) & Canvas.MARKED) == 0);
    }

    private int cell(StringBuilder out, Canvas next, int cell, int ink) {
        int wanted = next.ink(cell);
        if (wanted != ink) {
            out.append(theme.sgr(Ink.values()[wanted & 0xff], (wanted & Canvas.MARKED) != 0));
        }
        int glyph = theme.glyph(next.glyph(cell));
        out.appendCodePoint(glyph);
        if (glyph == '?' && Canvas.cells(next.glyph(cell)) == 2) {
            out.append(' ');
        }
        return wanted;
    }
}
