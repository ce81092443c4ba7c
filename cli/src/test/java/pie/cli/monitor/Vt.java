package pie.cli.monitor;

import java.util.Arrays;
import pie.cli.tui.Canvas;

/** Understand as much of a terminal's language as the monitor, a shell and the launcher speak; what else comes is passed over. */
final class Vt {
    private int width;
    private int height;
    private String[][] cells;
    private String[][] behind;
    private int x;
    private int y;
    /** Place of the cursor on the first screen while the second is shown. */
    private int[] place = {0, 0};

    private boolean alternate;
    private boolean cursor = true;
    private boolean wraps = true;
    private final StringBuilder sequence = new StringBuilder();

    Vt(int width, int height) {
        this.width = width;
        this.height = height;
        cells = blank();
        behind = blank();
    }

    private String[][] blank() {
        String[][] grid = new String[height][width];
        for (String[] row : grid) {
            Arrays.fill(row, " ");
        }
        return grid;
    }

    /** Change the size; what still fits stays. */
    synchronized void resize(int columns, int rows) {
        width = columns;
        height = rows;
        cells = fitted(cells);
        behind = fitted(behind);
        x = Math.min(x, width - 1);
        y = Math.min(y, height - 1);
    }

    private String[][] fitted(String[][] old) {
        String[][] grid = blank();
        for (int row = 0; row < Math.min(height, old.length); row++) {
            System.arraycopy(old[row], 0, grid[row], 0, Math.min(width, old[row].length));
        }
        return grid;
    }

    synchronized boolean alternate() {
        return alternate;
    }

    synchronized boolean cursor() {
        return cursor;
    }

    synchronized boolean wraps() {
        return wraps;
    }

    synchronized String screen() {
        var out = new StringBuilder();
        for (String[] row : cells) {
            out.append(String.join("", row).stripTrailing()).append('\n');
        }
        return out.toString();
    }

    synchronized void feed(int glyph) {
        if (!sequence.isEmpty()) {
            sequence.appendCodePoint(glyph);
            if (ended(glyph)) {
                String whole = sequence.toString();
                sequence.setLength(0);
                obey(whole);
            }
            return;
        }
        switch (glyph) {
            case 0x1b -> sequence.append('\u001b');
            case '\r' -> x = 0;
            case '\n' -> lineFeed();
            case '\b' -> x = Math.max(0, x - 1);
            case '\t' -> x = Math.min(width - 1, (x / 8 + 1) * 8);
            default -> {
                if (glyph >= ' ') {
                    print(glyph);
                }
            }
        }
    }

    private boolean ended(int glyph) {
        return switch (sequence.charAt(1)) {
            case '[' -> sequence.length() > 2 && glyph >= '@' && glyph <= '~';
            case ']' -> glyph == 7 || glyph == '\\';
            case '(', ')' -> sequence.length() == 3;
            default -> true;
        };
    }

    private void obey(String text) {
        if (text.charAt(1) != '[') {
            return;
        }
        char what = text.charAt(text.length() - 1);
        String words = text.substring(2, text.length() - 1);
        if (words.startsWith("?")) {
            mode(words.substring(1), what == 'h');
            return;
        }
        String[] numbers = words.split(";");
        switch (what) {
            case 'H' -> {
                y = Math.clamp(number(numbers, 0, 1) - 1L, 0, height - 1);
                x = Math.clamp(number(numbers, 1, 1) - 1L, 0, width - 1);
            }
            case 'J' -> erase(number(numbers, 0, 0));
            case 'K' -> Arrays.fill(cells[y], x, width, " ");
            case 'A' -> y = Math.max(0, y - number(numbers, 0, 1));
            case 'C' -> x = Math.min(width - 1, x + number(numbers, 0, 1));
            default -> {} // colours, and questions that nobody answers here
        }
    }

    private void erase(int what) {
        if (what == 0) {
            Arrays.fill(cells[y], x, width, " ");
        }
        for (int row = what == 0 ? y + 1 : 0; row < height; row++) {
            Arrays.fill(cells[row], " ");
        }
    }

    private void mode(String name, boolean on) {
        switch (name) {
            case "1049" -> {
                if (alternate != on) {
                    String[][] other = behind;
                    behind = cells;
                    cells = other;
                    alternate = on;
                    if (on) {
                        place = new int[] {x, y};
                    } else {
                        x = Math.min(place[0], width - 1);
                        y = Math.min(place[1], height - 1);
                    }
                }
            }
            case "25" -> cursor = on;
            case "7" -> wraps = on;
            default -> {}
        }
    }

    private static int number(String[] numbers, int place, int otherwise) {
        return place < numbers.length && numbers[place].matches("\\d+") ? Integer.parseInt(numbers[place]) : otherwise;
    }

    private void print(int glyph) {
        int wide = Math.max(1, Canvas.cells(Character.toString(glyph)));
        if (x + wide > width) {
            if (wraps) {
                x = 0;
                lineFeed();
            } else {
                x = width - wide;
            }
        }
        cells[y][x] = Character.toString(glyph);
        if (wide == 2) {
            cells[y][x + 1] = "";
        }
        x += wide;
    }

    private void lineFeed() {
        if (++y == height) {
            y = height - 1;
            System.arraycopy(cells, 1, cells, 0, height - 1);
            cells[height - 1] = new String[width];
            Arrays.fill(cells[height - 1], " ");
        }
    }
}
