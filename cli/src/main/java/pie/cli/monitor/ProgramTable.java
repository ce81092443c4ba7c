package pie.cli.monitor;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import pie.cli.monitor.Snapshot.Program;
import pie.cli.tui.Canvas;
import pie.cli.tui.Ink;
import pie.cli.tui.Meter;
import pie.cli.tui.Rect;

/** Draw one row for each program, as many as there is room for, the marked one among them. */
final class ProgramTable {
    /** Columns in the order in which they go where there is no room. */
    private static final Column[] FIRST_TO_GO = {
        Column.LANGUAGE,
        Column.TIME,
        Column.BALANCE,
        Column.OWNER,
        Column.BID,
        Column.PAGES,
        Column.TOKENS,
        Column.SHARE
    };

    private static final Set<String> PRESSED = Set.of("allocation", "restore", "queue", "queued");
    private static final int PROGRAM_MOST = 36;
    private static final int BAR = 8;
    private static final int BAR_FROM = 122;

    private ProgramTable() {}

    static void draw(Canvas canvas, Rect r, Scene scene) {
        Map<Column, Integer> widths = widths(r.width() - 2);
        boolean bars = r.width() >= BAR_FROM;
        head(canvas, r, scene.view(), widths, bars);
        int rows = r.height() - 1;
        if (scene.programs().isEmpty()) {
            String text =
                    scene.snapshot() == null || scene.snapshot().programs().isEmpty()
                            ? "no program is running"
                            : "no program fits the filter";
            canvas.put(r.x() + 1, r.y() + 2, text, Ink.DIM);
            return;
        }
        int marked = scene.marked();
        int from =
                Math.clamp(marked - rows + 2L, 0, Math.max(0, scene.programs().size() - rows));
        for (int i = 0; i < Math.min(rows, scene.programs().size() - from); i++) {
            Program p = scene.programs().get(from + i);
            int y = r.y() + 1 + i;
            row(canvas, r.x() + 1, y, p, widths, bars);
            if (from + i == marked) {
                canvas.mark(new Rect(r.x(), y, r.width(), 1));
            }
        }
    }

    private static Map<Column, Integer> widths(int room) {
        Map<Column, Integer> widths = new EnumMap<>(Column.class);
        int sum = -1;
        for (Column column : Column.values()) {
            widths.put(column, column.width);
            sum += column.width + 1;
        }
        for (int i = 0; sum > room && i < FIRST_TO_GO.length; i++) {
            widths.remove(FIRST_TO_GO[i]);
            sum -= FIRST_TO_GO[i].width + 1;
        }
        int spare = Math.clamp(room - sum, 0, PROGRAM_MOST - Column.PROGRAM.width);
        widths.put(Column.PROGRAM, Column.PROGRAM.width + spare);
        return widths;
    }

    private static void head(Canvas canvas, Rect r, View view, Map<Column, Integer> widths, boolean bars) {
        int x = r.x() + 1;
        for (Map.Entry<Column, Integer> e : widths.entrySet()) {
            Column column = e.getKey();
            boolean sorted = column == view.sort;
            Ink ink = sorted ? Ink.ACCENT : Ink.DIM;
            if (column.number) {
                canvas.putRight(x + e.getValue(), r.y(), column.head, ink);
            } else {
                canvas.put(x, r.y(), column.head, ink);
            }
            x += e.getValue() + 1 + (bars && column == Column.SHARE ? BAR + 1 : 0);
        }
    }

    private static void row(Canvas canvas, int left, int y, Program p, Map<Column, Integer> widths, boolean bars) {
        int x = left;
        for (Map.Entry<Column, Integer> e : widths.entrySet()) {
            Column column = e.getKey();
            String text = column.text.apply(p);
            if (column.number) {
                canvas.putRight(x + e.getValue(), y, text, ink(column, p));
            } else {
                canvas.putCut(x, y, text, ink(column, p), e.getValue());
            }
            x += e.getValue() + 1;
            if (bars && column == Column.SHARE) {
                Meter.bar(canvas, x, y, BAR, p.share(), Ink.GRAPH_MID);
                x += BAR + 1;
            }
        }
    }

    private static Ink ink(Column column, Program p) {
        return switch (column) {
            case PID, LANGUAGE, OWNER, TIME -> Ink.DIM;
            case STATE -> place(p.place());
            case SHARE -> p.share() > 0 ? Ink.STRONG : Ink.DIM;
            case RATE -> p.rate() > 0 ? Ink.STRONG : Ink.DIM;
            case BID -> p.bid() > 0 ? Ink.MARKET : Ink.DIM;
            case PROGRAM, BALANCE, PAGES, TOKENS -> Ink.TEXT;
        };
    }

    /** Return the ink of what a program is at: at work, held back, or elsewhere. */
    static Ink place(String place) {
        if (place.equals("forward")) {
            return Ink.ACCENT;
        }
        return place.equals("guest") ? Ink.GOOD : PRESSED.contains(place) ? Ink.WARN : Ink.DIM;
    }
}
