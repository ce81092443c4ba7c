package pie.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import pie.engine.generate.StepSpec;
import pie.engine.process.ProcessTotals;

/** Do what a seed says with up to three contexts: passes, generations of both kinds, forks, cuts, pages by hand, cancels. */
final class Program extends Actor {
    private static final int CONTEXTS = 3;

    private final Random random;
    /** Decides what was added later, so that older programs stay as they were. */
    private final Random taste;

    private final int longest;
    private final boolean ownSeeds;
    private final boolean sights;
    private final boolean loops;
    final List<ContextHandle> contexts = new ArrayList<>();
    /** Decides what came with extras, beside what the others decide. */
    private final Random wish;

    private final Extras extras;
    private final SnapshotActs snapshots;
    private final GrammarActs grammars;
    private final AdapterActs adapters;
    /** Decides how adapters are used, beside what the others decide. */
    private final Random fancy;

    /** A token that its loops come back to. */
    private final int habit;

    private int left;
    /** What the program was charged for and what others' pages saved it, when all was done. */
    @Nullable
    ProcessTotals bill;

    /** Whether chance decided how far a generation went. */
    boolean cut;

    Program(EngineSim sim, int number, long seed, Scenario scenario) {
        super(sim, number, seed);
        random = new Random(seed);
        taste = new Random(seed ^ 0x5eed);
        loops = scenario.drafts() && taste.nextBoolean();
        longest = scenario.longest();
        ownSeeds = scenario.ownSeeds();
        sights = scenario.sights();
        left = 3 + random.nextInt(14);
        wish = new Random(seed ^ 0xbeef);
        extras = scenario.extras();
        snapshots = new SnapshotActs(this, wish);
        grammars = new GrammarActs(this, wish);
        fancy = new Random(seed ^ 0xada);
        adapters = new AdapterActs(this, fancy, extras.snapshots());
        habit = 20 + (int) Math.floorMod(seed, 30L);
    }

    @Override
    void act() {
        context(first -> {
            contexts.add(first);
            first.append(prompt());
            next();
        });
    }

    void next() {
        if (left-- == 0) {
            for (ContextHandle context : contexts) {
                seen.add(context.tokens());
            }
            bill = sim.engine().totals(id);
            close(End.DONE);
            return;
        }
        ContextHandle context = contexts.get(random.nextInt(contexts.size()));
        seen.add(
                new int[] {context.written(), context.pendingCount(), context.workingTokens(), context.workingPages()});
        if (extras.snapshots() && wish.nextInt(4) == 0) {
            snapshots.act(context);
            return;
        }
        if (extras.grammars() && wish.nextInt(4) == 0) {
            grammars.act(context);
            return;
        }
        if (extras.adapters() > 0 && fancy.nextInt(3) == 0) {
            adapters.act(context);
            return;
        }
        switch (random.nextInt(sights ? 17 : 13)) {
            case 0 -> await("flush", () -> context.execute(PassSpec.FLUSH), this::passed);
            case 1 -> {
                int n = Math.min(random.nextInt(20), room(context));
                context.append(random.ints(Math.max(0, n), 0, Scenario.VOCAB).toArray());
                next();
            }
            case 2, 3 -> collect(context);
            case 4 -> step(context.generate(plan(8, context)), context, random.nextInt(8));
            case 5 -> {
                int most = context.pendingCount() + context.workingTokens();
                int n = Math.min(most, random.nextInt(12));
                await("truncate", () -> context.truncate(n), done -> next());
            }
            case 6 -> fork(context);
            case 7 -> await("suspend", context::suspend, done -> next());
            case 8 -> pass(context, random.nextBoolean(), null);
            case 9 -> {
                int[] positions = new int[1 + random.nextInt(6)];
                Arrays.setAll(positions, i -> i * 3 + random.nextInt(50));
                pass(context, false, positions);
            }
            case 10 -> pages(context);
            case 11 -> cancelled(context);
            case 12 -> {
                int n = Math.min(context.workingTokens(), random.nextInt(6));
                await("truncate pages", () -> context.truncateWorkingPageTokens(n), done -> next());
            }
            case 13 -> masked(context);
            case 14 -> {
                int n = random.nextInt(context.written() + 1);
                int sink = random.nextInt(n + 1);
                await("drop", () -> context.dropPrefix(n, sink), done -> next());
            }
            case 15 -> {
                int window = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(longest);
                int sink = random.nextInt(10);
                await("window", () -> context.setWindow(window, sink), done -> next());
            }
            default -> await("publish", context::publish, done -> next());
        }
    }

    /** Cuts into what was dropped are refused, in any company. */
    @Override
    void refused(String why) {
        contexts.forEach(sim::unconstrain);
        seen.add(new int[] {why.hashCode()});
        next();
    }

    /** Return the tokens that still fit in a context, with a page to spare. */
    int room(ContextHandle context) {
        int held = context.committedPages() + context.workingPages();
        return longest - Math.max(context.tokens().length, held * sim.pageSize());
    }

    private void passed(PassResult result) {
        seen.addAll(result.tokens());
        for (ProbeValue value : result.probes()) {
            seen.add(new int[] {Arrays.hashCode(value.ids()), Arrays.hashCode(value.values())});
        }
        next();
    }

    private void collect(ContextHandle context) {
        if (context.tokens().length == 0 || room(context) < 2) {
            next();
            return;
        }
        Generation generation = context.generate(plan(1 + random.nextInt(40), context));
        await("collect", generation::collect, step -> {
            delivered(context, generation, 0, step);
            next();
        });
    }

    private void delivered(ContextHandle context, Generation generation, int before, GenerationStep step) {
        int[] tokens = step.tokens();
        if (before + tokens.length != generation.tokensGenerated() || tokens.length > 40) {
            sim.fail(new Breach(
                    "C16",
                    this + " had " + before + " tokens, was given " + tokens.length + " and has "
                            + generation.tokensGenerated()));
        }
        if (!Arrays.equals(context.tail(tokens.length), tokens)) {
            sim.fail(new Breach(
                    "C16",
                    this + " was given " + Arrays.toString(tokens) + " and its context ends in "
                            + Arrays.toString(context.tail(tokens.length))));
        }
        given += tokens.length;
        seen.add(tokens);
        seen.add(new int[] {step.finish() == null ? -1 : step.finish().ordinal()});
        for (ProbeValue value : step.probes()) {
            seen.add(new int[] {Arrays.hashCode(value.ids()), Arrays.hashCode(value.values())});
        }
    }

    private void step(Generation generation, ContextHandle context, int more) {
        if (more == 0 || context.tokens().length == 0 || room(context) < 2) {
            next();
            return;
        }
        if (random.nextInt(6) == 0) {
            int[] own =
                    random.ints(Math.min(2, room(context)), 0, Scenario.VOCAB).toArray();
            await("accept", () -> generation.accept(own), taken -> {
                seen.add(taken);
                given += taken.length;
                step(generation, context, more - 1);
            });
            return;
        }
        StepSpec spec = random.nextInt(4) > 0
                ? StepSpec.PLAIN
                : new StepSpec(
                        random.nextInt(4) > 0,
                        null,
                        Map.of(random.nextInt(Scenario.VOCAB), 2f),
                        List.of(new ProbeSpec(0, ProbeKind.ENTROPY, 1, 0, new int[0], random.nextBoolean())));
        int before = generation.tokensGenerated();
        await("step", () -> generation.step(spec), step -> {
            delivered(context, generation, before, step);
            if (step.finish() == null) {
                step(generation, context, more - 1);
            } else {
                next();
            }
        });
    }

    /** Close the oldest context if there are as many as the program wants. */
    void makeRoom() {
        if (contexts.size() == CONTEXTS) {
            ContextHandle gone = contexts.removeFirst();
            gone.close();
        }
    }

    private void fork(ContextHandle context) {
        if (contexts.size() == CONTEXTS) {
            makeRoom();
            next();
            return;
        }
        await("fork", context::fork, copy -> {
            contexts.add(copy);
            next();
        });
    }

    private void pass(ContextHandle context, boolean defer, int @Nullable [] positions) {
        int n = positions == null ? 1 + random.nextInt(20) : positions.length;
        if (room(context) < n) {
            next();
            return;
        }
        int[] ids = random.ints(n, 0, Scenario.VOCAB).toArray();
        SampleSpec sample = new SampleSpec(new int[] {0, -1}, sampler(true), 2);
        ProbeSpec probe =
                new ProbeSpec(random.nextInt(n), ProbeKind.LOGPROBS, 1, 0, new int[] {1, 2, 3}, random.nextBoolean());
        long[] mask = random.nextInt(3) == 0 ? new long[] {random.nextLong() | 5} : null;
        PassSpec spec = new PassSpec(ids, positions, List.of(sample), List.of(probe), mask, null, null, true, defer);
        await("pass", () -> context.execute(spec), this::passed);
    }

    private void masked(ContextHandle context) {
        int n = 1 + random.nextInt(Math.min(6, sim.pageSize()));
        if (room(context) < n) {
            next();
            return;
        }
        boolean causal = random.nextBoolean();
        int slots = context.tokens().length + n;
        long[][] rows = new long[n][(slots + 63) / 64];
        for (long[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = random.nextLong() | 1;
            }
        }
        int[] ids = random.ints(n, 0, Scenario.VOCAB).toArray();
        SampleSpec sample = new SampleSpec(new int[] {-1}, sampler(true), 1);
        PassSpec spec = new PassSpec(ids, null, List.of(sample), List.of(), null, null, rows, causal, false);
        await("masked pass", () -> context.execute(spec), this::passed);
    }

    private void pages(ContextHandle context) {
        switch (random.nextInt(3)) {
            case 0 -> {
                if (room(context) < 2 * sim.pageSize()) {
                    next();
                } else {
                    await("reserve", () -> context.reserveWorkingPages(1), done -> next());
                }
            }
            case 1 -> {
                int full = context.workingTokens() / sim.pageSize();
                await("commit", () -> context.commitWorkingPages(full), done -> next());
            }
            default -> {
                int n = Math.min(1, context.workingPages());
                await("release", () -> context.releaseWorkingPages(n), done -> next());
            }
        }
    }

    /** Begin a generation on a copy and let chance end it. */
    private void cancelled(ContextHandle context) {
        // With few pages it would depend on chance what is still there, and so what may be had.
        if (context.tokens().length == 0 || room(context) < 2 || limits.pages().isPresent()) {
            next();
            return;
        }
        boolean close = random.nextBoolean();
        cut = true;
        PlanSpec plan = plan(40, context);
        await("fork to cancel", context::fork, copy -> {
            CompletableFuture<GenerationStep> run = copy.generate(plan).collect();
            sim.clock().after(sim.moment(), () -> {
                if (!close) {
                    run.cancel(true);
                }
                copy.close();
            });
            next();
        });
    }

    private PlanSpec plan(int max, ContextHandle context) {
        List<String> stops = random.nextBoolean() ? List.of() : List.of("ab", "xyz", "qr");
        List<ProbeSpec> probes = random.nextInt(5) > 0
                ? List.of()
                : List.of(new ProbeSpec(0, ProbeKind.DISTRIBUTION, 1, 3, new int[0], false));
        long[] mask = random.nextInt(5) == 0 ? new long[] {random.nextLong() | 9} : null;
        OptionalLong seed = ownSeeds ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
        int most = Math.max(1, Math.min(max, room(context) - 1));
        PlanSpec plan = new PlanSpec(sampler(false), most, new int[] {2, 50}, stops, mask, seed, probes);
        return loops ? looping(plan, most) : plan;
    }

    /** Have the text repeat itself, mostly, so that drafts hold: a few tokens that all others give way to. */
    private PlanSpec looping(PlanSpec plan, int most) {
        List<Stage> stages = new ArrayList<>(plan.sampler().stages());
        int first = 20 + taste.nextInt(30);
        float push = 4 + 12 * taste.nextFloat();
        int[] stops = plan.stopIds();
        if (!extras.equals(Extras.NONE) && wish.nextBoolean()) {
            first = habit; // what it said before it says again, until that is where it must stop
            stops = wish.nextBoolean() ? new int[] {2, habit + 1} : stops;
        }
        stages.addFirst(new Stage.LogitBias(Map.of(first, push, first + 1, taste.nextInt(3) * 4f)));
        return new PlanSpec(
                        new SamplerChain(stages, plan.sampler().seed()),
                        most,
                        stops,
                        plan.stopStrings(),
                        plan.logitMask(),
                        plan.seed(),
                        plan.probes())
                .withSpeculation(true);
    }

    private SamplerChain sampler(boolean pass) {
        OptionalLong seed = pass && ownSeeds ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
        List<Stage> stages = switch (random.nextInt(6)) {
            case 0, 1 -> SamplerChain.ARGMAX.stages();
            case 2 -> List.of(new Stage.RepetitionPenalty(1.2f, 0), new Stage.Temperature(2f), new Stage.TopP(0.9f));
            case 3 -> List.of(new Stage.PresencePenalty(0.5f), new Stage.FrequencyPenalty(0.2f), new Stage.MinP(0.01f));
            case 4 -> List.of(new Stage.Temperature(1.5f), new Stage.TopK(7), new Stage.Typical(0.8f));
            default -> List.of(new Stage.LogitBias(Map.of(3, 2f, 5, -4f)), new Stage.Temperature(1f));
        };
        return new SamplerChain(stages, seed);
    }

    /** Return the beginning of one of a few families, and something of one's own. */
    private int[] prompt() {
        int family = random.nextInt(4);
        int shared = Math.min(longest / 3, 20 + random.nextInt(60));
        int own = Math.min(longest / 4, random.nextInt(20)) + 1;
        return IntStream.concat(
                        IntStream.range(0, shared).map(i -> (i * 11 + family) % Scenario.VOCAB),
                        random.ints(own, 0, Scenario.VOCAB))
                .toArray();
    }
}
