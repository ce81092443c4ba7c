package pie.cli.tui;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class PainterTest {
    private static final String GLYPHS = "abc xyz 0123 ─│╭╮ ⣿⣀ ▌█ 漢字語 é …";
    private static final Theme PALETTE = new Theme(Depth.PALETTE, true);

    private static void scribble(Canvas canvas, Random random, int marks) {
        for (int i = 0; i < marks; i++) {
            int from = random.nextInt(GLYPHS.length() - 6);
            String text = GLYPHS.substring(from, from + 1 + random.nextInt(5));
            Ink ink = Ink.values()[random.nextInt(Ink.values().length)];
            canvas.put(random.nextInt(-3, canvas.width()), random.nextInt(canvas.height()), text, ink);
            if (random.nextInt(8) == 0) {
                canvas.mark(new Rect(0, random.nextInt(canvas.height()), canvas.width(), 1));
            }
        }
    }

    @Test
    void theScreenShowsEachFrameAfterAnyOther() {
        var random = new Random(42);
        for (int run = 0; run < 50; run++) {
            int width = random.nextInt(8, 60);
            int height = random.nextInt(2, 12);
            var painter = new Painter(PALETTE);
            var screen = new Emulator(width, height);
            for (int frame = 0; frame < 12; frame++) {
                var canvas = new Canvas(width, height);
                scribble(canvas, random, random.nextInt(30));
                screen.feed(painter.frame(canvas));
                for (int y = 0; y < height; y++) {
                    assertThat(screen.row(y).stripTrailing()).as("row %d", y).isEqualTo(canvas.row(y));
                    for (int x = 0; x < width; x++) {
                        int cell = y * width + x;
                        int glyph = canvas.glyph(cell);
                        if (glyph != ' ' && glyph != Canvas.TAIL) {
                            assertThat("\u001b[" + screen.ink(y, x) + "m")
                                    .isEqualTo(PALETTE.sgr(
                                            Ink.values()[canvas.ink(cell) & 0xff],
                                            (canvas.ink(cell) & Canvas.MARKED) != 0));
                        }
                    }
                }
            }
        }
    }

    @Test
    void anUnchangedFrameWritesNothing() {
        var painter = new Painter(PALETTE);
        painter.frame(frame("tok/s 2.9k"));
        assertThat(painter.frame(frame("tok/s 2.9k"))).isEmpty();
    }

    @Test
    void onlyWhatChangedIsWritten() {
        var painter = new Painter(PALETTE);
        painter.frame(frame("tok/s 2.9k"));
        var screen = new Emulator(40, 3);
        screen.feed(painter.frame(frame("tok/s 3.0k")));
        assertThat(screen.written).isEqualTo(3);
        painter.forget();
        screen.feed(painter.frame(frame("tok/s 3.0k")));
        assertThat(screen.row(1)).startsWith("  tok/s 3.0k");
    }

    private static Canvas frame(String text) {
        var canvas = new Canvas(40, 3);
        canvas.put(2, 1, text, Ink.STRONG);
        return canvas;
    }

    @Test
    void aNewSizeIsWrittenWhole() {
        var painter = new Painter(PALETTE);
        painter.frame(frame("x"));
        assertThat(painter.frame(new Canvas(10, 2))).contains("\u001b[2J");
    }

    @Test
    void framesAreShownAtOnce() {
        String frame = new Painter(PALETTE).frame(frame("x"));
        assertThat(frame).startsWith("\u001b[?2026h").endsWith("\u001b[?2026l");
    }

    @Test
    void asciiTerminalsGetAscii() {
        var canvas = new Canvas(30, 4);
        canvas.frame(new Rect(0, 0, 30, 4), "kv pages", "61%", Ink.STRONG);
        Braille.draw(canvas, new Rect(1, 1, 28, 2), new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 8);
        canvas.put(2, 1, "漢 – … é", Ink.TEXT);
        String written = new Painter(new Theme(Depth.NONE, false)).frame(canvas);
        assertThat(written).matches("\\p{ASCII}*");
        var screen = new Emulator(30, 4);
        screen.feed(written);
        assertThat(screen.row(0)).isEqualTo("+- kv pages ----------- 61% -+");
        assertThat(screen.row(1)).startsWith("| ?  - ~ ?");
    }

    @Test
    void withoutColoursThereAreNone() {
        for (Ink ink : Ink.values()) {
            assertThat(new Theme(Depth.NONE, true).sgr(ink, true)).matches("\u001b\\[0(;[127])*m");
        }
    }
}
