package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.NamedAdapter;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;
import pie.engine.testing.TestAdapters;

/** Rows have the adapter of their pass, whoever else is in the step, and pages say which. */
@Timeout(60)
final class AdapterTest {
    private static final int PAGE = 8;
    private static final int[] PROMPT =
            IntStream.range(0, 60).map(i -> i * 7 % 300).toArray();
    private static final Optional<Adapter> NONE = Optional.empty();
    private static final Optional<Adapter> FIRST = adapter(1);
    private static final Optional<Adapter> SECOND = adapter(2);

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    private final Engine engine = audit.engine(256, PAGE, 64);
    private final ProcessId process = audit.process(engine);

    private static Optional<Adapter> adapter(long seed) {
        return Optional.of(Adapter.of(TestAdapters.random(Optional.empty(), seed, 2, 1)));
    }

    private static PlanSpec plan(int max, Optional<Adapter> adapter) {
        return new PlanSpec(SamplerChain.ARGMAX, max, new int[0], List.of(), null, OptionalLong.empty(), List.of())
                .withAdapter(adapter);
    }

    private ContextHandle context(int[] prompt) {
        ContextHandle context = engine.createContext(process, true);
        context.append(prompt);
        return context;
    }

    private static int[] run(ContextHandle context, Optional<Adapter> adapter) {
        return context.generate(plan(30, adapter)).collect().join().tokens();
    }

    /** Return what an engine of its own gives that shares no page. */
    private int[] alone(int[] prompt, Optional<Adapter> adapter) {
        Engine other = audit.engine(64, PAGE, 64);
        ContextHandle context = other.createContext(audit.process(other), false);
        context.append(prompt);
        return run(context, adapter);
    }

    @Test
    void adaptersOfOneStepGiveWhatTheyGiveAlone() {
        List<Optional<Adapter>> adapters = List.of(NONE, FIRST, SECOND);
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (Optional<Adapter> adapter : adapters) {
            runs.add(context(PROMPT).generate(plan(30, adapter)).collect());
        }
        List<int[]> together = runs.stream().map(r -> r.join().tokens()).toList();
        for (int i = 0; i < 3; i++) {
            assertThat(together.get(i)).isEqualTo(alone(PROMPT, adapters.get(i)));
        }
        assertThat(together.get(1)).isNotEqualTo(together.get(0)).isNotEqualTo(together.get(2));
    }

    @Test
    void noPageIsSharedBetweenAdaptersAndEachIsFoundByItsOwn() {
        for (Optional<Adapter> adapter : List.of(NONE, FIRST, SECOND)) {
            context(PROMPT).execute(PassSpec.FLUSH.withAdapter(adapter)).join();
            assertThat(engine.totals(process).tokensReused())
                    .as("nothing of the others")
                    .isZero();
        }
        context(PROMPT).execute(PassSpec.FLUSH.withAdapter(adapter(2))).join();
        assertThat(engine.totals(process).tokensReused()).as("the same content").isEqualTo(56);
        engine.checkIntegrity();
    }

    @Test
    void aContextMayChangeItsAdapterWithinAPage() {
        int[] more = {5, 6, 7, 8, 9, 10, 11, 12, 13};
        ContextHandle mixed = context(PROMPT);
        mixed.execute(PassSpec.FLUSH.withAdapter(FIRST)).join();
        ContextHandle fork = mixed.fork().join();
        ContextHandle plain = mixed.fork().join();
        for (ContextHandle each : List.of(mixed, fork, plain)) {
            each.append(more);
        }
        int[] second = run(fork, SECOND);
        int[] base = run(plain, NONE);
        int[] first = run(mixed, FIRST);
        assertThat(first).isEqualTo(alone(concat(PROMPT, more), FIRST));
        assertThat(second).isNotEqualTo(first).isNotEqualTo(alone(concat(PROMPT, more), SECOND));
        assertThat(base).isNotEqualTo(first).isNotEqualTo(alone(concat(PROMPT, more), NONE));
        fork.suspend().join();
        int[] replayed = fork.generate(plan(5, SECOND)).collect().join().tokens();
        ContextHandle again = context(PROMPT);
        again.execute(PassSpec.FLUSH.withAdapter(FIRST)).join();
        again.append(more);
        assertThat(run(again, SECOND)).isEqualTo(second);
        assertThat(again.generate(plan(5, SECOND)).collect().join().tokens())
                .as("rows computed again have the adapters that they had")
                .isEqualTo(replayed);
    }

    @Test
    void theLastRowIsReadAgainWithAnother() {
        ContextHandle context = context(PROMPT);
        context.execute(PassSpec.FLUSH.withAdapter(FIRST)).join();
        int[] one =
                context.fork().join().generate(plan(1, FIRST)).collect().join().tokens();
        int[] other =
                context.fork().join().generate(plan(1, SECOND)).collect().join().tokens();
        assertThat(one[0]).isEqualTo(alone(PROMPT, FIRST)[0]);
        assertThat(other).isNotEqualTo(one);
    }

    @Test
    void aGenerationMayChangeItsAdapterBetweenSteps() {
        ContextHandle context = context(PROMPT);
        Generation generation = context.generate(plan(40, FIRST));
        int[] begin = new int[10];
        for (int i = 0; i < 10; i++) {
            begin[i] =
                    generation.step(pie.engine.generate.StepSpec.PLAIN).join().tokens()[0];
        }
        generation.change(plan(40, NONE));
        int[] end = generation.collect().join().tokens();
        assertThat(begin).isEqualTo(Arrays.copyOf(alone(PROMPT, FIRST), 10));
        assertThat(end).isNotEqualTo(Arrays.copyOfRange(alone(PROMPT, FIRST), 10, 30));
    }

    @Test
    void adaptersMakeRoomForEachOther() {
        Engine narrow = audit.engine(LeakAudit.hash(256, PAGE, 64, Map.of("adapters", "2")), EngineConfig.DEFAULT);
        ProcessId owner = audit.process(narrow);
        List<CompletableFuture<GenerationStep>> runs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ContextHandle context = narrow.createContext(owner, true);
            context.append(PROMPT);
            runs.add(context.generate(plan(30, adapter(i))).collect());
        }
        for (int i = 0; i < 6; i++) {
            assertThat(runs.get(i).join().tokens()).isEqualTo(alone(PROMPT, adapter(i)));
        }
        assertThat(narrow.loop().adapters.loads()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void whatIsTheSameUnderOtherNamesIsLoadedOnce() {
        NamedAdapter one = engine.adapters().create("ada", "one");
        one.evolve(1, 1, 1, 1, 1);
        NamedAdapter two = one.fork("ada", "two");
        assertThat(run(context(PROMPT), two.current())).isEqualTo(run(context(PROMPT), one.current()));
        assertThat(engine.loop().adapters.loads()).isEqualTo(1);
    }

    @Test
    void aDestroyedAdapterTakesMemoryUntilItsRowsAreGone() throws InterruptedException {
        NamedAdapter named = engine.adapters().create("ada", "a");
        named.evolve(1, 1, 1, 1, 1);
        ContextHandle rows = context(PROMPT);
        run(rows, named.current());
        ContextHandle fork = rows.fork().join();
        named.destroy();
        rows.close();
        assertThat(engine.adapters().heldBytes("ada")).as("held by the fork").isPositive();
        assertThat(run(fork, NONE)).isNotEmpty();
        fork.close();
        while (engine.adapters().heldBytes("ada") > 0) {
            Thread.sleep(10); // until the loop has closed it, and garbage may be collected again
        }
    }

    @Test
    void anAdapterThatCannotBeLoadedFailsItsPassAlone() {
        Engine faulty = audit.engine(
                new FaultyDriver(LeakAudit.hash(64, PAGE, 64, Map.of()), FaultPlan.parse("copy=1")),
                EngineConfig.DEFAULT);
        ProcessId owner = audit.process(faulty, Budget.UNLIMITED, 7);
        ContextHandle plain = faulty.createContext(owner, true);
        plain.append(PROMPT);
        ContextHandle adapted = faulty.createContext(owner, true);
        adapted.append(PROMPT);
        CompletableFuture<GenerationStep> neighbour =
                plain.generate(plan(30, NONE)).collect();
        assertThatThrownBy(() -> run(adapted, FIRST)).hasMessageContaining("random 1");
        assertThat(neighbour.join().tokens()).isEqualTo(alone(PROMPT, NONE));
        assertThat(adapted.pendingCount()).isEqualTo(PROMPT.length);
        assertThat(run(adapted, NONE)).isEqualTo(alone(PROMPT, NONE));
    }

    @Test
    void aDriverWithoutAdaptersSaysSo() {
        Engine without = audit.engine(LeakAudit.hash(64, PAGE, 64, Map.of("adapters", "0")), EngineConfig.DEFAULT);
        ContextHandle context = without.createContext(audit.process(without), true);
        context.append(PROMPT);
        assertThatThrownBy(() -> context.generate(plan(1, FIRST)))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("takes no adapters");
        assertThatThrownBy(() -> without.adapters().create("a", "b")).hasMessageContaining("takes no adapters");
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }
}
