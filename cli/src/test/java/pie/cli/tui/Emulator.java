package pie.cli.tui;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understand what a painter writes, as a terminal does: place, attributes, clear, characters. Anything else is an error. */
final class Emulator {
    private static final Pattern SEQUENCE = Pattern.compile("\u001b\\[(\\??)([0-9;]*)([A-Za-z])");

    private final int width;
    private final String[][] cells;
    private final String[][] inks;
    private int x;
    private int y;
    private String ink = "0";
    int written;

    Emulator(int width, int height) {
        this.width = width;
        cells = new String[height][width];
        inks = new String[height][width];
        clear();
    }

    private void clear() {
        for (int row = 0; row < cells.length; row++) {
            for (int column = 0; column < width; column++) {
                cells[row][column] = " ";
                inks[row][column] = "0";
            }
        }
    }

    void feed(String text) {
        Matcher sequence = SEQUENCE.matcher(text);
        for (int i = 0; i < text.length(); ) {
            if (text.charAt(i) == '\u001b') {
                if (!sequence.find(i) || sequence.start() != i) {
                    throw new IllegalArgumentException("no sequence at " + i + ": " + text.substring(i));
                }
                obey(sequence.group(1), sequence.group(2), sequence.group(3).charAt(0));
                i = sequence.end();
            } else {
                int glyph = text.codePointAt(i);
                i += Character.charCount(glyph);
                print(glyph);
            }
        }
    }

    private void obey(String mark, String numbers, char what) {
        if (mark.equals("?")) {
            return;
        }
        switch (what) {
            case 'H' -> {
                String[] parts = numbers.split(";");
                y = Integer.parseInt(parts[0]) - 1;
                x = Integer.parseInt(parts[1]) - 1;
            }
            case 'm' -> ink = numbers;
            case 'J' -> clear();
            default -> throw new IllegalArgumentException("sequence " + what);
        }
    }

    private void print(int glyph) {
        int wide = Canvas.cells(glyph);
        cells[y][x] = Character.toString(glyph);
        inks[y][x] = ink;
        if (wide == 2) {
            cells[y][x + 1] = "";
        }
        x += wide;
        written++;
    }

    String row(int row) {
        return String.join("", cells[row]);
    }

    String ink(int row, int column) {
        return inks[row][column];
    }
}
