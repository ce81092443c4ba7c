package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class DriftTest {
    @Test
    void comparesTheLastThirdWithTheFirst() {
        Drift drift = Drift.of(new double[] {100, 90, 110, 500, 500, 500, 500, 130, 120, 125}, true);

        assertThat(drift.before()).isEqualTo(100);
        assertThat(drift.after()).isEqualTo(125);
        assertThat(drift.percent()).isCloseTo(25, within(1e-9));
    }

    @Test
    void oneBusyMinuteIsNoDrift() {
        assertThat(Drift.of(new double[] {100, 100, 40, 100, 100, 100, 60, 100, 100}, false)
                        .verdict(1))
                .isEqualTo(Drift.Verdict.FLAT);
    }

    @Test
    void whatIsWorseDependsOnTheFigure() {
        double[] grows = {100, 105, 110};
        assertThat(Drift.of(grows, true).verdict(10)).isEqualTo(Drift.Verdict.FLAT);
        assertThat(Drift.of(grows, true).verdict(9)).isEqualTo(Drift.Verdict.WORSE);
        assertThat(Drift.of(grows, false).verdict(9)).isEqualTo(Drift.Verdict.BETTER);
        assertThat(Drift.of(new double[] {100, 95, 90}, false).verdict(9)).isEqualTo(Drift.Verdict.WORSE);
        assertThat(Drift.of(new double[] {0, 0, 0}, false).verdict(9)).isEqualTo(Drift.Verdict.WORSE);
    }

    @Test
    void twoFiguresSayNothing() {
        assertThatThrownBy(() -> Drift.of(new double[] {1, 2}, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 are needed");
    }
}
