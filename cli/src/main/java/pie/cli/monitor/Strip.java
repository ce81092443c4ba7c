package pie.cli.monitor;

import java.util.ArrayList;
import java.util.List;
import pie.cli.tui.Canvas;
import pie.cli.tui.Ink;

/** Lay out facts on one line, label and value each, as far apart as there is room; those at the end go first where there is not. */
final class Strip {
    private record Word(String text, Ink ink) {}

    private final List<List<Word>> facts = new ArrayList<>();

    Strip fact(String label, String value) {
        return fact(label, value, Ink.STRONG);
    }

    Strip fact(String label, String value, Ink ink) {
        List<Word> words = new ArrayList<>();
        if (!label.isEmpty()) {
            words.add(new Word(label + " ", Ink.DIM));
        }
        words.add(new Word(value, ink));
        facts.add(words);
        return this;
    }

    /** Add a value with what it is out of, or its unit, in a dim ink behind it. */
    Strip fact(String label, String value, Ink ink, String rest) {
        fact(label, value, ink);
        facts.getLast().add(new Word(rest, Ink.DIM));
        return this;
    }

    void draw(Canvas canvas, int x, int y, int room) {
        draw(canvas, x, y, room, 2);
    }

    /** @param least cells between two facts, where it is narrow */
    void draw(Canvas canvas, int x, int y, int room, int least) {
        int shown = facts.size();
        while (shown > 0 && width(shown, least) > room) {
            shown--;
        }
        int gap = shown < 2 ? 2 : Math.clamp((room - width(shown, 0)) / (shown - 1), least, 4);
        int at = x;
        for (int i = 0; i < shown; i++) {
            for (Word word : facts.get(i)) {
                at = canvas.put(at, y, word.text(), word.ink());
            }
            at += gap;
        }
    }

    private int width(int n, int gap) {
        int cells = gap * Math.max(0, n - 1);
        for (List<Word> fact : facts.subList(0, n)) {
            for (Word word : fact) {
                cells += Canvas.cells(word.text());
            }
        }
        return cells;
    }
}
