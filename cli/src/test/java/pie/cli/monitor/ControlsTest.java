package pie.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pie.cli.tui.Key;
import tools.jackson.databind.node.ObjectNode;

final class ControlsTest {
    private final View view = new View();
    private final List<String> ended = new ArrayList<>();
    private final Controls controls = new Controls(view, (id, force) -> ended.add(id + (force ? " killed" : "")));
    private final ObjectNode json = Scenes.json(6);
    private final Ranking ranking = new Ranking();

    private Scene scene() {
        Snapshot s = Snapshot.of(json);
        return new Scene(s, ranking.order(s, view, 0), new Trend(), view, null, List.of(), "", "", false);
    }

    private boolean type(Object... keys) {
        boolean stays = true;
        for (Object key : keys) {
            if (key instanceof Key k) {
                stays &= controls.press(k, scene());
            } else {
                for (int c : key.toString().codePoints().toArray()) {
                    stays &= controls.press(new Key.Char(c), scene());
                }
            }
        }
        return stays;
    }

    @Test
    void theMarkMovesAndStaysOnItsProgram() {
        type(Key.Name.DOWN, Key.Name.DOWN);
        assertThat(view.chosen).isEqualTo(Scenes.id(2));
        ((ObjectNode) json.at("/processes/2")).put("share", 0.9);
        type("S", "S");
        assertThat(scene().programs().get(scene().marked()).id()).isEqualTo(Scenes.id(2));
        type(Key.Name.END, Key.Name.DOWN);
        assertThat(scene().marked()).isEqualTo(5);
        type(Key.Name.PAGE_UP, Key.Name.UP);
        assertThat(scene().marked()).isZero();
    }

    @Test
    void aProgramIsEndedOnlyWhenTheQuestionIsAnswered() {
        type(Key.Name.DOWN, "k");
        assertThat(view.mode).isEqualTo(View.Mode.KILL);
        type("n");
        assertThat(ended).isEmpty();
        type("kq");
        assertThat(ended).isEmpty();
        type("ky");
        assertThat(ended).containsExactly(Scenes.id(1));
        type("kK");
        assertThat(ended).containsExactly(Scenes.id(1), Scenes.id(1) + " killed");
        assertThat(view.mode).isEqualTo(View.Mode.TABLE);
    }

    @Test
    void theFilterShowsWhatFitsWhileItIsTyped() {
        type("/state:timer");
        assertThat(scene().programs()).extracting(Snapshot.Program::waitsFor).containsOnly("timer");
        type(Key.Name.ENTER);
        assertThat(view.mode).isEqualTo(View.Mode.TABLE);
        assertThat(scene().programs()).hasSize(1);
        type("/", " lang:python", Key.Name.ESCAPE);
        assertThat(view.filter.text()).isEqualTo("state:timer");
        type(Key.Name.ESCAPE);
        assertThat(scene().programs()).hasSize(6);
        type("/owner:bob program:best");
        assertThat(scene().programs()).extracting(Snapshot.Program::owner).containsOnly("bob");
        type(Key.Name.BACKSPACE, Key.Name.BACKSPACE);
        assertThat(view.filter.text()).isEqualTo("owner:bob program:be");
    }

    @Test
    void columnsAreSortedAndTurnedRound() {
        type("s");
        assertThat(view.sort).isEqualTo(Column.BID);
        List<Double> bids =
                scene().programs().stream().map(Snapshot.Program::bid).toList();
        assertThat(bids).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        type("S");
        assertThat(scene().programs().stream().map(Snapshot.Program::bid)).isSorted();
    }

    @Test
    void rowsKeepTheirPlaceBetweenSorts() {
        Snapshot first = Snapshot.of(json);
        ranking.order(first, view, 0);
        ((ObjectNode) json.at("/processes/5")).put("share", 0.99);
        ((tools.jackson.databind.node.ArrayNode) json.get("processes")).remove(1);
        Snapshot next = Snapshot.of(json);
        assertThat(ranking.order(next, view, 1_000_000_000L))
                .extracting(Snapshot.Program::id)
                .containsExactly(Scenes.id(0), Scenes.id(2), Scenes.id(3), Scenes.id(4), Scenes.id(5));
        assertThat(ranking.order(next, view, 3_000_000_000L).getFirst().id()).isEqualTo(Scenes.id(5));
    }

    @Test
    void panesOpenAndComeBack() {
        type(Key.Name.ENTER);
        assertThat(view.mode).isEqualTo(View.Mode.DETAIL);
        type("?");
        assertThat(view.mode).isEqualTo(View.Mode.HELP);
        type("q");
        assertThat(view.mode).isEqualTo(View.Mode.DETAIL);
        type("k", "n");
        assertThat(view.mode).isEqualTo(View.Mode.DETAIL);
        assertThat(type("q")).isTrue();
        assertThat(view.mode).isEqualTo(View.Mode.TABLE);
        type("m", Key.Name.ESCAPE, "l");
        assertThat(view.mode).as("there is no log of a server elsewhere").isEqualTo(View.Mode.TABLE);
        assertThat(type("q")).isFalse();
        assertThat(type(Key.Name.ESCAPE)).isFalse();
    }
}
