package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import pie.bench.EngineDecode.Progress;

final class DecodeRunTest {
    private static Progress at(long millis, long prefilled, long generated) {
        return new Progress(millis * 1_000_000, prefilled, generated);
    }

    @Test
    void theRateLeavesOutPrefillAndItsToken() {
        List<Progress> progress = List.of(
                at(0, 0, 0),
                at(50, 64, 1),
                at(80, 128, 3),
                at(81, 128, 3),
                at(90, 128, 5),
                at(100, 128, 7),
                at(110, 128, 9),
                at(119, 128, 9));
        assertThat(EngineDecode.rate(progress)).isCloseTo(4 / 0.020, within(1e-6));
        assertThat(EngineDecode.rate(progress.subList(0, 5))).isNaN();
    }

    @Test
    void llamaBenchTellsThePrefill() {
        assertThat(LlamaBench.readBench("[{\"n_prompt\": 512, \"n_gen\": 0, \"avg_ts\": 323.5}]"))
                .containsEntry("prefill 512", 323.5);
    }

    @Test
    void llamaBatchedBenchTellsTheStreamsALine() {
        assertThat(LlamaBench.readBatchedBench("main: n_kv_max = 4096\n"
                        + "{\"pp\": 64, \"tg\": 32, \"pl\": 1, \"speed_pp\": 8.1, \"speed_tg\": 143.5}\n"
                        + "{\"pp\": 64, \"tg\": 32, \"pl\": 8, \"speed_pp\": 8.1, \"speed_tg\": 235.0}\n"))
                .containsEntry("1 stream", 143.5)
                .containsEntry("8 streams", 235.0);
    }

    @Test
    void ratiosAreThoseOfEachRound() {
        assertThat(DecodeRun.ratio(List.of(2.0, 9.0), List.of(1.0, 3.0))).isEqualTo(new Spread(2.5, 2, 3, 2));
    }
}
