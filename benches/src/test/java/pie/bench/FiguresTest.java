package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void percentilesOfKnownClocks() {
        List<Sample> samples = IntStream.rangeClosed(1, 100)
                .mapToObj(i -> new Sample(0, i * 1_000_000L, 0, 1, ""))
                .toList();
        Percentiles p = Percentiles.of(samples, Sample::first);
        assertThat(p.count()).isEqualTo(100);
        assertThat(p.p50()).isCloseTo(50, within(0.1));
        assertThat(p.p95()).isCloseTo(95, within(0.1));
        assertThat(p.max()).isCloseTo(100, within(0.1));
    }

    @Test
    void failedSamplesAndMissingValuesDoNotCount() {
        Percentiles p = Percentiles.of(
                List.of(Sample.failed("x"), new Sample(0, 1_000_000, 1_000_000, 1, "")), Sample::timePerToken);
        assertThat(p.count()).isZero();
        assertThat(p).hasToString("-");
    }

    @Test
    void timePerTokenLeavesTheFirstOut() {
        assertThat(new Sample(0, 10, 50, 5, "").timePerToken()).isEqualTo(10.0);
    }

    @Test
    void theSpreadIsMedianLeastAndMost() {
        assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3, 3));
        assertThat(Spread.of(1, 2, 3, 10).median()).isEqualTo(2.5);
        assertThat(Spread.of().json()).containsEntry("median", null);
    }

    @Test
    void targetsAreComparedRoundByRound() {
        assertThat(LoadRun.share(rounds(1_000, 2_000, 4_000), rounds(900, 2_200, 4_000)))
                .satisfies(share -> {
                    assertThat(share.median()).isCloseTo(100, within(0.1));
                    assertThat(share.min()).isCloseTo(90, within(0.1));
                    assertThat(share.max()).isCloseTo(110, within(0.1));
                });
    }

    private static List<ClosedLoop.Round> rounds(long... wallNanos) {
        var sample = new Sample(0, 1, 1, 64, "");
        return LongStream.of(wallNanos)
                .mapToObj(nanos -> new ClosedLoop.Round(List.of(sample), nanos))
                .toList();
    }

    @Test
    void promptsOfASeedAreAlwaysTheSame() {
        List<Prompt> one = Prompt.draw(2, 8, 4, 42);
        List<Prompt> again = Prompt.draw(2, 8, 4, 42);
        assertThat(one.get(1).ids())
                .containsExactly(again.get(1).ids())
                .isNotEqualTo(one.get(0).ids());
        assertThat(IntStream.of(one.getFirst().ids())).hasSize(8).allMatch(id -> id >= 100 && id < 48_000);
    }

    @Test
    void whatIsNotKnownOfTheMachineIsNull() {
        assertThat(Environment.json()).containsKeys("processor", "cores", "jvm", "commit", "load_before");
        assertThat(Environment.json().get("cores"))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
