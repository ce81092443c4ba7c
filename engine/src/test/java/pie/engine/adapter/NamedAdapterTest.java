package pie.engine.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoraPair;
import pie.engine.testing.TinyModel;

/** What stands under a name, who sees it, and how a search goes. */
final class NamedAdapterTest {
    private final AdapterShelf shelf =
            new AdapterShelf("tiny", TinyModel.loaded().config(), 4, 8);

    private NamedAdapter searched(String name) {
        NamedAdapter adapter = shelf.create("ada", name);
        adapter.evolve(1, 1, 100, 0.5, 0.1);
        return adapter;
    }

    private static float[] numbers(Adapter adapter) {
        LoraPair target = adapter.numbers().targets().getFirst();
        return new float[] {target.a()[0], target.b()[0]};
    }

    private static ErrorCode code(Runnable call) {
        try {
            call.run();
        } catch (PieException e) {
            return e.code();
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void aNameBelongsToItsOwnerAndWhatTheOperatorSharesToAll(@TempDir Path folder) {
        NamedAdapter own = searched("style");
        own.save(AdapterFolder.of(folder));
        shelf.share("style", AdapterFolder.of(folder));
        assertThat(shelf.open("ada", "style")).containsSame(own);
        NamedAdapter shared = shelf.open("bob", "style").orElseThrow();
        assertThat(shared.shared()).isTrue();
        assertThat(shared.current()
                        .orElseThrow()
                        .id()
                        .sameContent(own.current().orElseThrow().id()))
                .isTrue();
        assertThat(code(shared::destroy)).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(code(() -> shared.load(AdapterFolder.of(folder)))).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(code(() -> shared.evolve(1, 1, 1, 1, 1))).isEqualTo(ErrorCode.PERMISSION_DENIED);
        NamedAdapter copy = shared.fork("bob", "style");
        copy.evolve(1, 1, 1, 1, 1);
        copy.update(new float[] {1}, new long[] {1}, 1);
        assertThat(shelf.open("bob", "style")).containsSame(copy);
        assertThat(shelf.open("carol", "own")).isEmpty();
        assertThat(shelf.find("carol", copy.current().orElseThrow().id())).isEmpty();
    }

    @Test
    void anOwnerHasSoManyAndNoMore() {
        for (int i = 0; i < AdapterShelf.MOST; i++) {
            shelf.create("ada", "a" + i);
        }
        assertThat(code(() -> shelf.create("ada", "more"))).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        shelf.create("bob", "more");
        shelf.open("ada", "a0").orElseThrow().destroy();
        shelf.create("ada", "more");
    }

    /** Return a shelf with room for the numbers of six adapters, or of three with the paths of their searches. */
    private AdapterShelf narrow() {
        long most = 6 * searched("measure").bytes();
        return new AdapterShelf("tiny", TinyModel.loaded().config(), 4, 8, most, System::gc);
    }

    private static void update(NamedAdapter adapter) {
        adapter.update(new float[] {1, 0}, new long[] {1, 2}, 0.1);
    }

    @Test
    void versionsThatRowsHoldCountAsLongAsTheyDo() {
        NamedAdapter adapter = narrow().create("ada", "a");
        adapter.evolve(1, 1, 100, 0.5, 0.1);
        List<Adapter> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(adapter.current().orElseThrow());
            update(adapter);
        }
        long version = adapter.version();
        assertThatThrownBy(() -> update(adapter))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("close those contexts");
        assertThat(adapter.version()).as("nothing has changed").isEqualTo(version);
        assertThat(rows).hasSize(5);
        rows.clear();
        update(adapter);
        assertThat(adapter.version()).isEqualTo(version + 1);
    }

    @Test
    void versionsOfWhatWasDestroyedCountToo() {
        AdapterShelf narrow = narrow();
        List<Adapter> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            NamedAdapter adapter = narrow.create("ada", "a");
            adapter.evolve(1, 1, 100, 0.5, 0.1);
            rows.add(adapter.current().orElseThrow());
            adapter.destroy();
        }
        NamedAdapter next = narrow.create("ada", "a");
        assertThat(code(() -> next.evolve(1, 1, 100, 0.5, 0.1))).isEqualTo(ErrorCode.BUDGET_EXHAUSTED);
        narrow.create("bob", "a").evolve(1, 1, 100, 0.5, 0.1);
        assertThat(rows).hasSize(6);
        rows.clear();
        next.evolve(1, 1, 100, 0.5, 0.1);
    }

    @Test
    void versionsThatNobodyHoldsTakeNoRoom() {
        NamedAdapter adapter = narrow().create("ada", "a");
        adapter.evolve(1, 1, 100, 0.5, 0.1);
        for (int i = 0; i < 20; i++) {
            update(adapter);
        }
        assertThat(adapter.version()).isEqualTo(21);
    }

    @Test
    void whatIsDestroyedIsGoneForAllWhoHoldIt() {
        NamedAdapter adapter = searched("a");
        Adapter running = adapter.current().orElseThrow();
        adapter.destroy();
        adapter.destroy();
        assertThat(code(adapter::current)).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> adapter.perturbed(1))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(running.numbers().targets()).hasSize(2);
    }

    @Test
    void aPerturbationDependsOnNumbersStepAndSeedAlone() {
        NamedAdapter one = searched("one");
        NamedAdapter two = searched("two");
        Adapter first = one.perturbed(5);
        assertThat(numbers(two.perturbed(5))).isEqualTo(numbers(first));
        assertThat(two.perturbed(5).id().sameContent(first.id())).isTrue();
        assertThat(one.perturbed(6).id().sameContent(first.id())).isFalse();
        one.update(new float[] {1, 0}, new long[] {5, 6}, 0.1);
        assertThat(one.version()).isEqualTo(2);
        assertThat(one.perturbed(5).id().sameContent(first.id())).isFalse();
        assertThat(numbers(one.current().orElseThrow()))
                .as("one of two is recombined: the better one")
                .isEqualTo(numbers(first));
    }

    @Test
    void noiseIsStandardNormalWhereverAnArrayBegins() {
        Noise noise = new Noise(new AdapterId("", 1, 2), 3);
        float[] whole = new float[20_001];
        noise.add(whole, 0, 1);
        double mean = IntStream.range(0, whole.length)
                .mapToDouble(i -> whole[i])
                .average()
                .orElseThrow();
        double square = IntStream.range(0, whole.length)
                .mapToDouble(i -> whole[i] * whole[i])
                .average()
                .orElseThrow();
        assertThat(mean).isBetween(-0.03, 0.03);
        assertThat(square).isBetween(0.95, 1.05);
        float[] rest = new float[100];
        noise.add(rest, 7, 1);
        assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(whole, 7, 107));
    }

    /** The best numbers are known here: the search must come close to them, and its steps become smaller at the end. */
    @Test
    void aSearchFindsWhatIsBest() {
        NamedAdapter adapter = shelf.create("ada", "a");
        adapter.evolve(1, 1, 20, 0.5, 0.3);
        double before = distance(adapter.current());
        long[] seeds = LongStream.range(0, 20).toArray();
        for (int generation = 0; generation < 60; generation++) {
            float[] scores = new float[seeds.length];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (float) -distance(Optional.of(adapter.perturbed(seeds[i])));
            }
            adapter.update(scores, seeds, 1);
        }
        assertThat(distance(adapter.current())).isLessThan(before / 100);
        float[] still = numbers(adapter.current().orElseThrow());
        float[] moved = numbers(adapter.perturbed(1));
        assertThat(Math.abs(moved[0] - still[0])).isLessThan(0.05f);
    }

    private static double distance(Optional<Adapter> adapter) {
        float[] at = numbers(adapter.orElseThrow());
        return Math.hypot(at[0] - 0.7, at[1] + 0.4);
    }

    @Test
    void aRankThatNoMatrixHasIsRefusedBeforeAnythingIsMade() {
        NamedAdapter adapter = shelf.create("ada", "a");
        assertThatThrownBy(() -> adapter.evolve(2, 1, 1, 1, 1)).hasMessageContaining("ranks up to 1");
        assertThat(adapter.current()).isEmpty();
        assertThat(adapter.version()).isZero();
    }
}
