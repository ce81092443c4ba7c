package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import pie.engine.EngineFigures;
import pie.engine.EngineStats;
import pie.engine.HostStats;
import pie.engine.market.MarketStats;

/** Counters that grow at known rates, looked at by a known clock: what is told of them must be those rates. */
final class ModelTrackTest {
    private static final long SECOND = 1_000_000_000L;

    private long second;

    /** Return what an engine shows that has run for so many seconds, each as the one before. */
    private EngineFigures figures() {
        long s = second;
        var market = new MarketStats(
                100 * s, s % 2 == 0 ? 0.2 : 0.4, 0, 3, 0, 0, 2 * s, s / 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());
        var stats = new EngineStats(
                50 * s,
                0,
                600 * s,
                1000 * s,
                40 * s,
                900 * s,
                200 * s,
                30 * s,
                100 * s,
                70 * s,
                0,
                64,
                0,
                0,
                0,
                0,
                HostStats.NONE,
                5,
                4,
                1,
                32,
                20,
                0,
                0,
                market);
        return new EngineFigures(
                stats,
                400_000_000L * s,
                960 * s,
                800 * s,
                800 * s * 7_500_000L,
                s,
                rows(s),
                rows(s) - 5,
                rows(s - 1),
                rows(s - 1) - 5,
                99,
                55,
                new long[12]);
    }

    /** Return the rows of the largest step of a second. */
    private static int rows(long s) {
        return (int) (10 + Math.max(0, s) % 7);
    }

    private ModelTrack track(int seconds) {
        var track = new ModelTrack(this::figures, 0);
        for (second = 0; second <= seconds; second++) {
            track.sample(second * SECOND);
        }
        second--;
        return track;
    }

    @Test
    void everyRateIsTheOneAtWhichItsCounterGrows() {
        ModelTrack track = track(30);
        for (double seconds : new double[] {1, 5, 10}) {
            assertThat(track.stepRate(seconds)).as("steps over %s s", seconds).isEqualTo(50);
            assertThat(track.decodeRate(seconds)).isEqualTo(960);
            // rows that are neither decoded, nor again, nor behind an end, nor drafts that did not hold
            assertThat(track.prefillRate(seconds)).isEqualTo(600 + 1000 - 40 - 30 - (100 - 70) - 960);
            assertThat(track.cachedRate(seconds)).isEqualTo(200);
            assertThat(track.utilisation(seconds)).isCloseTo(0.4, within(1e-9));
            assertThat(track.rows(seconds)).isEqualTo((long) (1600 * seconds));
            assertThat(track.span(seconds)).isEqualTo(seconds);
            assertThat(track.tokenMillis(seconds)).hasValue(7.5);
            assertThat(track.drafted(seconds)).isEqualTo((long) (100 * seconds));
            assertThat(track.accepted(seconds)).isEqualTo((long) (70 * seconds));
            assertThat(track.hitRatio(seconds)).hasValue(200 / (200 + 540.0));
        }
        assertThat(track.displacementRate()).as("a minute").isEqualTo(120);
        assertThat(track.restoreRate()).as("a minute").isEqualTo(30);
    }

    @Test
    void theMeanPriceIsThatOfTheLastMinute() {
        assertThat(track(200).meanPrice()).isCloseTo(0.3, within(1e-9));
        assertThat(track(2).meanPrice()).isCloseTo((0.2 + 0.4 + 0.2) / 3, within(1e-9));
    }

    @Test
    void thePeakIsTheLargestStepOfTheLastMinute() {
        ModelTrack track = track(100);
        assertThat(track.peakRows(100 * SECOND)).isEqualTo(16);
        assertThat(track.peakRequests(100 * SECOND)).isEqualTo(11);
        assertThat(track.peakRows(158 * SECOND))
                .as("seconds 99 and 100 are left")
                .isEqualTo(12);
        assertThat(track.peakRows(200 * SECOND)).isZero();
    }

    /** A device that needs three seconds for a step of 40 rows is busy all the time, and a second may go by without an end. */
    @Test
    void stepsLongerThanASecondAreToldOfAsTheyWere() {
        long[] at = {0};
        var track = new ModelTrack(
                () -> {
                    long steps = at[0] / 3;
                    var stats = new EngineStats(
                            steps,
                            0,
                            0,
                            40 * steps,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            64,
                            0,
                            0,
                            0,
                            0,
                            HostStats.NONE,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            MarketStats.NONE);
                    return new EngineFigures(stats, at[0] * SECOND, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, new long[12]);
                },
                0);
        for (; at[0] <= 20; at[0]++) {
            track.sample(at[0] * SECOND);
            if (at[0] >= 5) {
                assertThat(track.meanRows()).as("after %s s", at[0]).isEqualTo(40);
                assertThat(track.rows(track.lately())).isPositive();
            }
        }
    }

    @Test
    void whatStandsStillIsNothing() {
        ModelTrack track = track(10);
        for (int i = 1; i <= 70; i++) {
            track.sample((10 + i) * SECOND);
        }
        assertThat(track.decodeRate(5)).isZero();
        assertThat(track.prefillRate(5)).isZero();
        assertThat(track.utilisation(1)).isZero();
        assertThat(track.tokenMillis(10)).isEmpty();
        assertThat(track.hitRatio(60)).isEmpty();
        assertThat(track.displacementRate()).isZero();
    }
}
