package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import pie.engine.ContextHandle;
import pie.engine.EngineStats;
import pie.engine.generate.Generation;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.StepSpec;
import pie.engine.market.Bidder;
import pie.engine.market.Market;

/**
 * Have urgent programs that bid much arrive in bursts over patient ones that fill the pages, and see what it costs that pages change hands.
 *
 * <pre>
 * patient   | context, context, context ... of each, for which the engine bids: more than the pages that there are
 * urgent    |    #####          ###          ####        #####    one context each, the seed says how many, how often, what they bid
 * </pre>
 *
 * The urgent ones think for some milliseconds before each token.
 */
final class Rush {
    private static final int OWNERS = 4;
    private static final long LASTS = 200_000_000_000L;
    private static final int[] NEVER = {};

    private Rush() {}

    /**
     * Say what came of it.
     *
     * @param contexts generations that came to their end
     * @param bid how often a context lost its pages to one that bid more or grew, {@code aged} to one that had waited too long, {@code idle} as it
     *     had no work
     * @param tokens that the generations made
     * @param rows that the device computed, of which {@code again} not for the first time
     * @param urgentNanos that an urgent context took from its arrival to its end, the mean
     */
    record Result(long contexts, long bid, long aged, long idle, long tokens, long rows, long again, long urgentNanos) {
        long displacements() {
            return bid + aged + idle;
        }

        double displacementsPerContext() {
            return (double) displacements() / Math.max(1, contexts);
        }

        double shareAgain() {
            return (double) again / Math.max(1, rows);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.2f displacements for each of %d contexts (%d by bid, %d aged, %d idle); %.1f %% of %,d rows computed again, %.2f for each of %,d"
                            + " tokens; an urgent context takes %.1f s",
                    displacementsPerContext(),
                    contexts,
                    bid,
                    aged,
                    idle,
                    100 * shareAgain(),
                    rows,
                    (double) again / Math.max(1, tokens),
                    tokens,
                    urgentNanos / 1e9);
        }
    }

    /** Have bursts come over many patient programs. @throws Breach if a law of the market does not hold meanwhile */
    static Result crowd(long seed) {
        return run(seed, 160, 16, 5);
    }

    /** Have one urgent program after the other beside a patient one, with pages for one of them. @throws Breach as above */
    static Result pair(long seed) {
        return run(seed, 36, 1, 1);
    }

    private static Result run(long seed, int pages, int patient, int burst) {
        Reasons reasons = new Reasons();
        EngineSim sim = new EngineSim(
                Scenario.rush(seed, pages),
                false,
                List.of(new C7Waits(), new C10Ledger(), new C11Prices(), new C12Grants(), reasons));
        List<Generating> all = new ArrayList<>();
        for (int i = 0; i < patient; i++) {
            var program = new Generating(sim, all.size(), seed, "patient" + i % OWNERS, true);
            all.add(program);
            sim.add(program, program.random.nextInt(1_000_000_000));
        }
        Random bursts = new Random(seed * 77 + 5);
        long period = 4_000_000_000L + bursts.nextLong(4_000_000_000L);
        int most = 1 + bursts.nextInt(burst);
        double bid = 0.03 * Math.pow(30, bursts.nextDouble());
        for (long at = 5_000_000_000L; at < LASTS; at += period) {
            for (int i = 1 + bursts.nextInt(most); i > 0; i--) {
                var program = new Generating(sim, all.size(), seed, "urgent", false);
                program.bid = OptionalDouble.of(bid);
                all.add(program);
                sim.add(program, at + bursts.nextInt(200_000_000));
            }
        }
        try {
            sim.run();
            EngineStats stats = sim.engine().stats();
            List<Generating> urgent =
                    all.stream().filter(program -> !program.endless).toList();
            return new Result(
                    all.stream().mapToLong(program -> program.texts).sum(),
                    reasons.bid,
                    reasons.aged,
                    reasons.idle,
                    stats.tokensGenerated(),
                    stats.rowsPrefill() + stats.rowsDecode(),
                    stats.tokensRecomputed(),
                    urgent.stream().mapToLong(program -> program.took).sum() / urgent.size());
        } finally {
            sim.close();
        }
    }

    /** Count displacements by what the one that gets the pages has for itself. */
    private static final class Reasons implements Checker {
        long bid;
        long aged;
        long idle;

        @Override
        public void auctioned(EngineSim sim, Market market) {
            for (int i = 0; i < market.displacements(); i++) {
                Bidder by = market.displacer(i);
                if (by.insisted()) {
                    idle++;
                } else if (by.ahead()) {
                    aged++;
                } else {
                    bid++;
                }
            }
        }
    }

    /** Generate in one context, or in one after the other without a pause. */
    private static final class Generating extends Actor {
        final Random random;
        final boolean endless;
        int texts;
        /** Nanoseconds that the first context took. */
        long took;

        Generating(EngineSim sim, int number, long seed, String owner, boolean endless) {
            super(sim, number, seed * 1000 + number);
            this.owner = owner;
            this.endless = endless;
            random = new Random(seed * 1000 + number);
        }

        @Override
        void act() {
            if (texts > 0 && !endless || sim.clock().getAsLong() > LASTS) {
                close(End.DONE);
                return;
            }
            long begun = sim.clock().getAsLong();
            context(context -> {
                context.append(
                        random.ints(64 + random.nextInt(128), 0, Scenario.VOCAB).toArray());
                generate(context, begun);
            });
        }

        private void generate(ContextHandle context, long begun) {
            int most = endless ? 96 + random.nextInt(224) : 32 + random.nextInt(96);
            Generation generation = context.generate(
                    new PlanSpec(SamplerChain.ARGMAX, most, NEVER, List.of(), null, OptionalLong.of(1), List.of()));
            go(context, generation, begun);
        }

        private void go(ContextHandle context, Generation generation, long begun) {
            await("tokens", () -> endless ? generation.collect() : generation.step(StepSpec.PLAIN), step -> {
                given += step.tokens().length;
                if (step.finish() == null) {
                    go(context, generation, begun);
                    return;
                }
                took = texts == 0 ? sim.clock().getAsLong() - begun : took;
                texts++;
                context.close();
                act();
            });
        }
    }
}
