package pie.cli.tui;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "7.26, 7.3",
        "9.96, 10",
        "812, 812",
        "999.4, 999",
        "999.6, 1.0k",
        "2912, 2.9k",
        "9960, 10k",
        "14200, 14k",
        "1234567, 1.2M",
        "NaN, –",
        "0.04, 0.0"
    })
    void counts(double value, String text) {
        assertThat(Figures.si(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00 ms",
        "0.82, 0.82 ms",
        "8.14, 8.1 ms",
        "99.96, 100 ms",
        "190.2, 190 ms",
        "999.6, 1.0 s",
        "1940, 1.9 s",
        "200000, 3m 20s",
        "NaN, –"
    })
    void millis(double value, String text) {
        assertThat(Figures.millis(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.012, .012",
        "0.0041, .004",
        "0.00042, 420µ",
        "0.9999, 1.00",
        "1.25, 1.25",
        "51.23, 51.2",
        "640, 640",
        "NaN, –"
    })
    void credits(double value, String text) {
        assertThat(Figures.credits(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0%", "0.004, 0.4%", "0.1213, 12.1%", "0.99949, 99.9%", "1, 100%", "NaN, –"})
    void shares(double value, String text) {
        assertThat(Figures.percent(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 00:00", "41.9, 00:41", "725, 12:05", "4353, 1:12:33", "273600, 3d 04h"})
    void ages(double seconds, String text) {
        assertThat(Figures.age(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"512, 512 B", "98362432, 94 MB", "8160437862, 7.6 GB"})
    void bytes(double bytes, String text) {
        assertThat(Figures.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void columnsHoldWhatIsWrittenIntoThem() {
        for (double v = 1e-7; v < 1e12; v *= 1.7) {
            assertThat(Figures.si(v).length()).as("si of %s", v).isLessThanOrEqualTo(5);
            assertThat(Figures.credits(v).length()).as("credits of %s", v).isLessThanOrEqualTo(5);
            assertThat(Figures.count(v).length()).as("count of %s", v).isLessThanOrEqualTo(5);
        }
    }
}
