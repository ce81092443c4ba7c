package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import pie.engine.ContextHandle;
import pie.engine.generate.Generation;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;

/**
 * Have owners of equal endowment want more than there is, for a while, and see what each of them got: the whole engine decides, by the
 * bids that it makes for them. Some have many programs and some few.
 */
final class Fairness {
    private static final int[] PROGRAMS = {4, 8, 12, 16};
    private static final long LASTS = 300_000_000_000L;
    private static final int[] NEVER = {};

    private Fairness() {}

    /**
     * Say what the owners got.
     *
     * @param tokens that the programs of each owner were given
     * @param contexts generations that came to their end
     */
    record Result(long[] tokens, long contexts, long displacements) {
        /** Return the index of Jain, Chiu and Hawe (1984): 1 if all got the same, 1 / owners if one got all. */
        double jain() {
            double sum = 0;
            double squares = 0;
            for (long x : tokens) {
                sum += x;
                squares += (double) x * x;
            }
            return sum * sum / (tokens.length * squares);
        }

        double displacementsPerContext() {
            return (double) displacements / Math.max(1, contexts);
        }

        @Override
        public String toString() {
            StringBuilder shares = new StringBuilder();
            for (int i = 0; i < tokens.length; i++) {
                shares.append(String.format(
                        Locale.ROOT, "%s%d programs %,d tokens", i == 0 ? "" : ", ", PROGRAMS[i], tokens[i]));
            }
            return String.format(
                    Locale.ROOT,
                    "Jain index %.4f over %d owners of equal endowment (%s); %.2f displacements for each of %d"
                            + " contexts",
                    jain(),
                    tokens.length,
                    shares,
                    displacementsPerContext(),
                    contexts);
        }
    }

    /** @throws Breach if a law of the market does not hold meanwhile */
    static Result run(long seed) {
        EngineSim sim =
                new EngineSim(Scenario.crowd(seed), false, List.of(new C7Waits(), new C10Ledger(), new C11Prices()));
        List<Glutton> all = new ArrayList<>();
        for (int owner = 0; owner < PROGRAMS.length; owner++) {
            for (int i = 0; i < PROGRAMS[owner]; i++) {
                Glutton program = new Glutton(sim, all.size(), seed, owner);
                all.add(program);
                sim.add(program, program.random.nextInt(1_000_000_000));
            }
        }
        try {
            sim.run();
            long[] tokens = new long[PROGRAMS.length];
            long contexts = 0;
            for (Glutton program : all) {
                tokens[program.of] += program.given;
                contexts += program.texts;
            }
            return new Result(tokens, contexts, sim.engine().stats().market().displacements());
        } finally {
            sim.close();
        }
    }

    /** Generate in one context after the other, without a pause. */
    private static final class Glutton extends Actor {
        final int of;
        final Random random;
        int texts;

        Glutton(EngineSim sim, int number, long seed, int of) {
            super(sim, number, seed * 100 + number);
            this.of = of;
            random = new Random(seed * 100 + number);
            owner = "owner" + of;
        }

        @Override
        void act() {
            if (sim.clock().getAsLong() > LASTS) {
                close(End.DONE);
                return;
            }
            context(context -> {
                context.append(
                        random.ints(32 + random.nextInt(96), 0, Scenario.VOCAB).toArray());
                generate(context);
            });
        }

        private void generate(ContextHandle context) {
            int most = 64 + random.nextInt(192);
            Generation generation = context.generate(
                    new PlanSpec(SamplerChain.ARGMAX, most, NEVER, List.of(), null, OptionalLong.of(1), List.of()));
            await("collect", generation::collect, step -> {
                given += step.tokens().length;
                texts++;
                context.close();
                act();
            });
        }
    }
}
