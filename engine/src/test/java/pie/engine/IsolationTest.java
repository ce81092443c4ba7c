package pie.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pie.engine.generate.Generation;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import pie.engine.generate.StepSpec;
import pie.engine.process.Budget;
import pie.engine.process.ProcessId;
import pie.engine.testing.LeakAudit;

/** Each program's tokens equal those of the same program run alone, whatever the others do and however few the pages are. */
final class IsolationTest {
    private static final int SEEDS = Integer.getInteger("pie.test.seeds", 40);
    private static final int PROGRAMS = 30;
    private static final int PAGE = 16;
    /** No program's context outgrows this. */
    private static final int LARGEST = 480;

    @RegisterExtension
    final LeakAudit audit = new LeakAudit();

    @Test
    @Timeout(120)
    void crowdedEqualsAlone() throws Exception {
        long recomputed = 0;
        long reused = 0;
        Engine roomy = audit.engine(1024, PAGE, 512);
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed * 7919L);
            int pages = LARGEST / PAGE + random.nextInt(40);
            Engine crowded = audit.engine(pages, PAGE, PAGE * (2 + random.nextInt(4)));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<List<int[]>>> runs = new ArrayList<>();
                for (int program = 0; program < PROGRAMS; program++) {
                    long own = seed * 1000L + program;
                    runs.add(threads.submit(() -> new Program(own).run(crowded, true)));
                }
                for (int program = 0; program < PROGRAMS; program++) {
                    List<int[]> alone = new Program(seed * 1000L + program).run(roomy, false);
                    List<int[]> among = runs.get(program).get(60, TimeUnit.SECONDS);
                    assertThat(among.size())
                            .as("seed %d program %d", seed, program)
                            .isEqualTo(alone.size());
                    for (int i = 0; i < alone.size(); i++) {
                        assertThat(among.get(i))
                                .as("seed %d program %d result %d", seed, program, i)
                                .isEqualTo(alone.get(i));
                    }
                }
            }
            crowded.checkIntegrity();
            recomputed += crowded.stats().tokensRecomputed();
            reused += crowded.stats().tokensReused();
        }
        assertThat(recomputed).as("rows computed again after displacement").isPositive();
        assertThat(reused).as("rows taken from others' pages").isPositive();
    }

    private final class Program {
        private final long seed;
        private final Random random;
        private final List<int[]> seen = new ArrayList<>();

        Program(long seed) {
            this.seed = seed;
            random = new Random(seed);
        }

        List<int[]> run(Engine engine, boolean cache) {
            ProcessId id;
            synchronized (audit) {
                id = audit.process(engine, Budget.UNLIMITED, seed);
            }
            List<ContextHandle> contexts = new ArrayList<>();
            ContextHandle first = engine.createContext(id, cache);
            first.append(prompt());
            contexts.add(first);
            int actions = 4 + random.nextInt(10);
            for (int i = 0; i < actions; i++) {
                act(contexts, contexts.get(random.nextInt(contexts.size())));
            }
            for (ContextHandle context : contexts) {
                seen.add(context.tokens());
                context.close();
            }
            engine.closeProcess(id).join();
            return seen;
        }

        private void act(List<ContextHandle> contexts, ContextHandle context) {
            switch (random.nextInt(12)) {
                case 0 -> context.execute(PassSpec.FLUSH).join();
                case 1 -> context.append(prompt(random.nextInt(20)));
                case 2 -> collect(context);
                case 3 -> steps(context);
                case 4 -> {
                    int most = context.pendingCount() + context.workingTokens();
                    context.truncate(Math.min(most, random.nextInt(12))).join();
                }
                case 5 -> {
                    if (contexts.size() < 3) {
                        contexts.add(context.fork().join());
                    }
                }
                case 6 -> context.suspend().join();
                case 7 -> pass(context, random.nextBoolean(), null);
                case 8 -> {
                    int[] positions = new int[5];
                    Arrays.setAll(positions, i -> i * 3 + random.nextInt(50));
                    pass(context, false, positions);
                }
                case 9 -> context.reserveWorkingPages(random.nextInt(2)).join();
                case 10 -> cancelled(context);
                default -> {
                    int n = Math.min(context.workingTokens(), random.nextInt(6));
                    context.truncateWorkingPageTokens(n).join();
                }
            }
            seen.add(new int[] {context.written(), context.pendingCount()});
        }

        private void cancelled(ContextHandle context) {
            ContextHandle copy = context.fork().join();
            CompletableFuture<?> run = copy.generate(plan(40)).collect();
            for (int i = random.nextInt(200); i > 0; i--) {
                Thread.onSpinWait();
            }
            if (random.nextBoolean()) {
                run.cancel(true);
            }
            copy.close();
        }

        private void collect(ContextHandle context) {
            if (context.tokens().length > 0) {
                seen.add(context.generate(plan(1 + random.nextInt(15)))
                        .collect()
                        .join()
                        .tokens());
            }
        }

        private void steps(ContextHandle context) {
            if (context.tokens().length == 0) {
                return;
            }
            Generation generation = context.generate(plan(8));
            for (int i = random.nextInt(8); i > 0; i--) {
                seen.add(generation.step(StepSpec.PLAIN).join().tokens());
            }
        }

        private void pass(ContextHandle context, boolean defer, int @Nullable [] positions) {
            int[] ids = prompt(positions == null ? 1 + random.nextInt(20) : positions.length);
            SampleSpec sample = new SampleSpec(new int[] {0, -1}, sampler(), 2);
            PassSpec spec = new PassSpec(ids, positions, List.of(sample), List.of(), null, null, null, true, defer);
            seen.addAll(context.execute(spec).join().tokens());
        }

        private PlanSpec plan(int max) {
            List<String> stops = random.nextBoolean() ? List.of() : List.of("ab", "xyz", "qr");
            return new PlanSpec(sampler(), max, new int[] {2, 50}, stops, null, OptionalLong.empty(), List.of());
        }

        private SamplerChain sampler() {
            return random.nextBoolean()
                    ? SamplerChain.ARGMAX
                    : new SamplerChain(
                            List.of(
                                    new Stage.RepetitionPenalty(1.2f, 0),
                                    new Stage.Temperature(2f),
                                    new Stage.TopP(0.9f)),
                            OptionalLong.empty());
        }

        private int[] prompt() {
            int[] ids = new int[20 + random.nextInt(60)];
            int family = random.nextInt(4);
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i < 40 ? (i * 11 + family) % 300 : random.nextInt(300);
            }
            return ids;
        }

        private int[] prompt(int n) {
            return random.ints(n, 0, 300).toArray();
        }
    }
}
