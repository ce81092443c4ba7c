package pie.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class ReadingTest {
    /** Cells that 80 columns leave to a sentence. */
    private static final int ROOM = 76;

    private static double[] steady(double millis) {
        double[] all = new double[Trend.SECONDS];
        Arrays.fill(all, millis);
        return all;
    }

    private static java.util.List<String> read(ObjectNode json, double[] tokenMillis) {
        Snapshot s = Snapshot.of(json);
        return Reading.of(s, s.models().getFirst(), tokenMillis);
    }

    private static ObjectNode calm() {
        ObjectNode json = Scenes.json(10);
        ((ObjectNode) json.at("/models/0/market")).put("waiters", 0);
        json.get("processes")
                .forEach(p -> ((ObjectNode) p).put("wait", "forward").put("share", 0.1));
        return json;
    }

    @Test
    void whatIsNormalIsNotCommentedOn() {
        assertThat(read(calm(), steady(8))).isEmpty();
    }

    @Test
    void emptyBatchesAreExplainedByWhatProgramsWaitFor() {
        ObjectNode json = calm();
        ((ObjectNode) json.at("/models/0")).put("util", 0.03);
        for (int i = 0; i < 8; i++) {
            ((ObjectNode) json.at("/processes/" + i)).put("wait", i < 6 ? "http" : "timer");
        }
        assertThat(read(json, steady(8)))
                .containsExactly("empty batches: 8 of 10 programs wait (6 for http), device busy 3%")
                .allMatch(text -> text.length() <= ROOM);
        ((ObjectNode) json.at("/models/0")).put("util", 0.9);
        assertThat(read(json, steady(8))).isEmpty();
    }

    @Test
    void aProgramWithMostOfTheBatchIsNamed() {
        ObjectNode json = calm();
        ((ObjectNode) json.at("/processes/2")).put("share", 0.71).put("program", "hog@1.0.0");
        assertThat(read(json, steady(8)))
                .containsExactly("hog@1.0.0 (" + Scenes.id(2).substring(0, 8)
                        + ") takes 71% of the batch: 9 others share the rest");
    }

    @Test
    void slowTokensAreExplainedByShortPages() {
        ObjectNode json = calm();
        ((ObjectNode) json.at("/models/0/pages")).put("used", 8000);
        ((ObjectNode) json.at("/models/0/market")).put("waiters", 5);
        ((ObjectNode) json.at("/models/0")).put("tpot_ms", 24.0);
        assertThat(read(json, steady(8)))
                .containsExactly("slower tokens, 8.0 ms to 24 ms: pages are short (98%), 5 contexts wait");
        assertThat(read(json, steady(24))).containsExactly("pages are short (98%), 5 contexts wait, price .012");
        ((ObjectNode) json.at("/models/0/market")).put("waiters", 9999);
        ((ObjectNode) json.at("/models/0")).put("tpot_ms", 12_345.0);
        assertThat(read(json, steady(888))).allMatch(text -> text.startsWith("slower") && text.length() <= ROOM);
    }
}
