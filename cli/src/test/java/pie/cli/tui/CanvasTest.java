package pie.cli.tui;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CanvasTest {
    @Test
    void whatLiesOutsideIsCutOff() {
        var canvas = new Canvas(6, 2);
        canvas.put(-2, 0, "abcdefghij", Ink.TEXT);
        canvas.put(4, 1, "xyz", Ink.TEXT);
        canvas.put(0, 7, "below", Ink.TEXT);
        assertThat(canvas.row(0)).isEqualTo("cdefgh");
        assertThat(canvas.row(1)).isEqualTo("    xy");
    }

    @Test
    void wideCharactersTakeTwoCellsAndAreNeverHalved() {
        var canvas = new Canvas(7, 1);
        canvas.put(0, 0, "a漢字b", Ink.TEXT);
        assertThat(canvas.row(0)).isEqualTo("a漢字b");
        canvas.put(2, 0, "x", Ink.TEXT);
        assertThat(canvas.row(0)).isEqualTo("a x字b");
        canvas.put(6, 0, "漢", Ink.TEXT);
        assertThat(canvas.row(0)).isEqualTo("a x字b");
    }

    @Test
    void longTextsEndInDots() {
        var canvas = new Canvas(8, 2);
        canvas.putCut(0, 0, "summarise@1.0.0", Ink.TEXT, 8);
        canvas.putCut(0, 1, "short", Ink.TEXT, 8);
        assertThat(canvas.row(0)).isEqualTo("summari…");
        assertThat(canvas.row(1)).isEqualTo("short");
    }

    @Test
    void barsAreExactToAnEighth() {
        assertThat(bar(0)).isEqualTo("▕    ▏");
        assertThat(bar(1)).isEqualTo("▕████▏");
        assertThat(bar(0.5)).isEqualTo("▕██  ▏");
        assertThat(bar(5.0 / 32)).isEqualTo("▕▋   ▏");
        assertThat(bar(Double.NaN)).isEqualTo("▕    ▏");
    }

    private static String bar(double share) {
        var canvas = new Canvas(6, 1);
        Meter.draw(canvas, 0, 0, 6, share, Ink.TEXT);
        return canvas.row(0);
    }

    @Test
    void graphsAreDrawnFromTheRightWithGaps() {
        var canvas = new Canvas(4, 2);
        Braille.draw(canvas, canvas.bounds(), new double[] {8, 8, Double.NaN, 4, 2, 0.01, 0}, 8);
        assertThat(canvas.row(0)).isEqualTo("⢸⡇");
        assertThat(canvas.row(1)).isEqualTo("⢸⡇⣧⡀");
    }

    @Test
    void theTerminalIsKnownByItsEnvironment() {
        assertThat(Depth.of(Map.of("TERM", "xterm-256color"))).isEqualTo(Depth.PALETTE);
        assertThat(Depth.of(Map.of("TERM", "xterm-256color", "COLORTERM", "truecolor")))
                .isEqualTo(Depth.TRUE);
        assertThat(Depth.of(Map.of("TERM", "xterm"))).isEqualTo(Depth.SIXTEEN);
        assertThat(Depth.of(Map.of("TERM", "dumb"))).isEqualTo(Depth.NONE);
        assertThat(Depth.of(Map.of())).isEqualTo(Depth.NONE);
        assertThat(Depth.of(Map.of("TERM", "xterm-256color", "COLORTERM", "truecolor", "NO_COLOR", "1")))
                .isEqualTo(Depth.NONE);
        assertThat(Depth.unicode(Map.of("LANG", "de_DE.UTF-8"))).isTrue();
        assertThat(Depth.unicode(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "C"))).isFalse();
        assertThat(Depth.unicode(Map.of())).isFalse();
    }
}
