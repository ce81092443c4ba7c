package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void tellsTheGrowthOfTheLastSeconds() {
        var window = new Window(64, 2);
        assertThat(window.rate(0, 5)).isZero();
        for (int i = 0; i <= 20; i++) {
            window.add(i * SECOND, 100L * i, (long) i * i);
        }
        assertThat(window.rate(0, 5)).isEqualTo(100);
        assertThat(window.growth(1, 5)).isEqualTo(20 * 20 - 15 * 15);
        assertThat(window.rate(1, 1)).isEqualTo(20 * 20 - 19 * 19);
        assertThat(window.span(5)).isEqualTo(5);
        assertThat(window.growth(0, 1000))
                .as("as far back as there are samples")
                .isEqualTo(2000);
    }

    @Test
    void takesALateSampleForWhatItIs() {
        var window = new Window(4, 1);
        window.add(0, 0);
        window.add(1_400_000_000L, 140);
        assertThat(window.rate(0, 1)).isEqualTo(100);
        window.add(2_400_000_000L, 240);
        window.add(3_400_000_000L, 340);
        window.add(4_400_000_000L, 440);
        window.add(5_400_000_000L, 640);
        assertThat(window.growth(0, 60)).as("four samples are kept").isEqualTo(400);
        assertThat(window.rate(0, 1)).isEqualTo(200);
    }

    @Test
    void quantilesAreOfTheLastSecondsOnly() {
        var recent = new Recent(100);
        assertThat(Recent.quantile(recent.sorted(0, 60), 0.5)).isEmpty();
        for (int i = 1; i <= 20; i++) {
            recent.add(i * SECOND, 10 * i);
        }
        assertThat(Recent.quantile(recent.sorted(20 * SECOND, 60), 0.5)).hasValue(100);
        assertThat(Recent.quantile(recent.sorted(20 * SECOND, 60), 0.95)).hasValue(190);
        assertThat(Recent.quantile(recent.sorted(20 * SECOND, 60), 0.99)).hasValue(200);
        assertThat(recent.sorted(20 * SECOND, 3)).containsExactly(170, 180, 190, 200);
        assertThat(Recent.mean(recent.sorted(20 * SECOND, 3))).hasValue(185);
    }
}
