package pie.cli.monitor;

import java.util.List;
import pie.cli.tui.Canvas;
import pie.cli.tui.Ink;
import pie.cli.tui.Rect;

/** Draw the panes that are text: help, and the server's log. */
final class TextPanes {
    private static final String[][] KEYS = {
        {"↑ ↓ PgUp PgDn", "choose a program"},
        {"enter", "one program: where its time goes, what it says"},
        {"s S", "sort by the next column, turn the order round"},
        {"/", "filter: words, state:forward owner:alice program:agent lang:python"},
        {"k", "end the program: y interrupts it, K kills it"},
        {"m", "market: prices, and who lost pages to whom"},
        {"g G", "other graphs"},
        {"tab", "the next model"},
        {"l", "what the server logs (pie serve --monitor)"},
        {"p", "hold the picture still"},
        {"w", "in a program: wrap its lines or cut them"},
        {"q esc", "back, then leave; a server goes on"}
    };

    private static final String[][] WORDS = {
        {"share", "its part of all rows that the device computed in the last second"},
        {"ttft", "launch to first token, half and 95 % of the last minute's"},
        {"tpot", "time between two tokens of a generation, mean of 10 s"},
        {"busy", "time in which the device had a step, of the last second"},
        {"KV", "pages in use; the lighter part is kept for reuse and given up first"},
        {"bid price", "credits for a page and step; who bids less than the price waits"}
    };

    private TextPanes() {}

    static void help(Canvas canvas, Rect r) {
        int rows = KEYS.length + WORDS.length + 3;
        Rect box = new Rect(
                r.x() + Math.max(0, (r.width() - 84) / 2),
                r.y() + Math.max(0, (r.height() - rows) / 2),
                Math.min(84, r.width()),
                Math.min(rows, r.height()));
        canvas.clear(box);
        canvas.frame(box, "keys and words", "", Ink.DIM);
        Rect in = box.inside();
        int y = in.y();
        y = table(canvas, in, y, KEYS, Ink.ACCENT) + 1;
        table(canvas, in, y, WORDS, Ink.STRONG);
    }

    private static int table(Canvas canvas, Rect in, int from, String[][] rows, Ink ink) {
        int y = from;
        for (String[] row : rows) {
            if (y < in.bottom()) {
                canvas.put(in.x() + 1, y, row[0], ink, 14);
                canvas.put(in.x() + 16, y, row[1], Ink.TEXT, in.width() - 17);
            }
            y++;
        }
        return y;
    }

    static void log(Canvas canvas, Rect r, List<String> lines, int back) {
        canvas.frame(r, "log of the server", back > 0 ? back + " lines back" : "", Ink.ACCENT);
        Rect in = r.inside();
        int end = Math.max(Math.min(in.height(), lines.size()), lines.size() - back);
        int from = Math.max(0, end - in.height());
        for (int i = from; i < end; i++) {
            String line = lines.get(i);
            Ink ink = line.contains(" ERROR ") ? Ink.BAD : line.contains(" WARN ") ? Ink.WARN : Ink.TEXT;
            canvas.putCut(in.x() + 1, in.y() + i - from, line, ink, in.width() - 2);
        }
        if (lines.isEmpty()) {
            canvas.put(in.x() + 1, in.y(), "nothing so far", Ink.DIM, in.width() - 2);
        }
    }
}
