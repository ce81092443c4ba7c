package pie.cli.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import pie.cli.EventSink;
import pie.cli.tui.Canvas;
import pie.cli.tui.Ink;
import pie.engine.event.ProcessEvent;

/** Keep the last lines of what a program said, each in the ink of its kind. */
final class Transcript implements EventSink {
    private static final int LINES = 2000;
    private static final int LONGEST = 4000;

    /** Carry one line. */
    record Line(String text, Ink ink) {}

    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    /** Whether the last line may go on. */
    private boolean open;

    @Override
    public synchronized void event(ProcessEvent event) {
        switch (event) {
            case ProcessEvent.Stdout e -> add(e.text(), Ink.TEXT);
            case ProcessEvent.Stderr e -> add(e.text(), Ink.WARN);
            case ProcessEvent.Message e -> whole(e.text(), Ink.ACCENT);
            case ProcessEvent.File e -> whole("file " + e.name() + ", " + e.size() + " bytes", Ink.ACCENT);
            case ProcessEvent.Returned e ->
                whole("returned " + (e.value().isEmpty() ? "nothing" : e.value()), Ink.GOOD);
            case ProcessEvent.Failed e -> whole(e.code() + ": " + e.message(), Ink.BAD);
        }
    }

    @Override
    public synchronized void gap(long dropped) {
        whole("… " + dropped + " events are no longer held", Ink.DIM);
    }

    /** Add a line that the program did not say. */
    synchronized void note(String text) {
        whole(text, Ink.DIM);
    }

    private void whole(String text, Ink ink) {
        open = false;
        add(text, ink);
        open = false;
    }

    private void add(String text, Ink ink) {
        String[] parts = text.split("\r?\n", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            Line before = lines.peekLast();
            if (i == 0
                    && open
                    && before != null
                    && before.ink() == ink
                    && before.text().length() < LONGEST) {
                lines.removeLast();
                lines.add(new Line(before.text() + clean(parts[0]), ink));
            } else if (!last || !parts[i].isEmpty()) {
                lines.add(new Line(clean(parts[i]), ink));
            }
            while (lines.size() > LINES) {
                lines.removeFirst();
            }
            open = last && !parts[i].isEmpty();
        }
    }

    /** Take escape sequences and controls out: what a program prints must not draw on this screen. */
    private static String clean(String text) {
        return text.replace("\t", "    ")
                .replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
                .replaceAll("\\p{Cntrl}", "");
    }

    /** Return the last lines for a pane of some cells, {@code back} lines before the end. */
    synchronized List<Line> tail(int width, int height, boolean wraps, int back) {
        List<Line> shown = new ArrayList<>();
        for (Line line : lines) {
            if (wraps) {
                wrap(shown, line, width);
            } else {
                shown.add(line);
            }
        }
        int end = Math.max(Math.min(height, shown.size()), shown.size() - back);
        return List.copyOf(shown.subList(Math.max(0, end - height), end));
    }

    private static void wrap(List<Line> shown, Line line, int width) {
        var part = new StringBuilder();
        int cells = 0;
        for (int i = 0; i < line.text().length(); ) {
            int glyph = line.text().codePointAt(i);
            i += Character.charCount(glyph);
            int wide = Canvas.cells(Character.toString(glyph));
            if (cells + wide > width && cells > 0) {
                shown.add(new Line(part.toString(), line.ink()));
                part.setLength(0);
                cells = 0;
            }
            part.appendCodePoint(glyph);
            cells += wide;
        }
        shown.add(new Line(part.toString(), line.ink()));
    }
}
