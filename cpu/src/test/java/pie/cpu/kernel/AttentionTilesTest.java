package pie.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pie.cpu.kernel.AttentionBatches.Request;
import pie.engine.driver.ForwardBatch;

class AttentionTilesTest {
    private static final int PAGE = 16;

    private static AttentionTiles plan(List<Request> requests) {
        var tiles = new AttentionTiles(3, 3, 1, true);
        ForwardBatch batch = AttentionBatches.batch(PAGE, requests);
        tiles.plan(batch);
        List<Integer> rows = new ArrayList<>();
        for (int t = 0; t < tiles.count(); t++) {
            for (int i = 0; i < tiles.rows(t); i++) {
                rows.add(tiles.row(t, i));
            }
        }
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, batch.rows).boxed().toList());
        return tiles;
    }

    private static Request branch(int prefix, int shared, int own) {
        int[] pages = IntStream.concat(IntStream.range(prefix, prefix + shared), IntStream.of(own))
                .toArray();
        return new Request(pages, shared * PAGE + 5, 1);
    }

    @Test
    void forksReadTheirPrefixTogetherWhereverTheyStandInTheBatch() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            requests.add(branch(0, 20, 1000 + i));
            requests.add(branch(100, 20, 2000 + i));
        }
        Collections.shuffle(requests, new Random(2));
        AttentionTiles tiles = plan(requests);
        assertThat(tiles.count()).isEqualTo(2);
        for (int t = 0; t < 2; t++) {
            assertThat(tiles.rows(t)).isEqualTo(16);
            assertThat(tiles.scored(t)).isEqualTo(20);
            assertThat(tiles.shared(t)).isEqualTo(20 * PAGE);
        }
    }

    @Test
    void aShortCommonBeginningDoesNotPartLongOnes() {
        List<Request> requests = new ArrayList<>();
        for (int family = 0; family < 3; family++) {
            for (int i = 0; i < 4; i++) {
                int[] pages = IntStream.concat(
                                IntStream.of(1, 2),
                                IntStream.concat(
                                        IntStream.range(100 * (family + 1), 100 * (family + 1) + 10),
                                        IntStream.of(1000 + 4 * family + i)))
                        .toArray();
                requests.add(new Request(pages, 12 * PAGE + 1, 1));
            }
        }
        AttentionTiles tiles = plan(requests);
        assertThat(tiles.count()).isEqualTo(3);
        assertThat(tiles.scored(0)).isEqualTo(12);
    }

    @Test
    void aLongSliceIsCutAndItsRowsSeeAsFarAsTheyMay() {
        AttentionTiles tiles = plan(List.of(new Request(IntStream.range(0, 4).toArray(), 60, 40)));
        assertThat(IntStream.range(0, tiles.count()).map(tiles::rows)).containsExactly(16, 16, 8);
        assertThat(tiles.shared(1)).isEqualTo(20 + 16 + 1);
        assertThat(tiles.scored(1)).isEqualTo(4);
    }

    @Test
    void fewRowsAreSpreadOverTheWorkers() {
        var tiles = new AttentionTiles(3, 3, 8, true);
        tiles.plan(AttentionBatches.batch(
                PAGE,
                IntStream.range(0, 8).mapToObj(i -> branch(0, 20, 1000 + i)).toList()));
        assertThat(tiles.count()).isEqualTo(8);
    }
}
