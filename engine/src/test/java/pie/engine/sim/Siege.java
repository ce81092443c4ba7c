package pie.engine.sim;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import pie.engine.ContextHandle;
import pie.engine.generate.Generation;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;

/**
 * Have programs that bid much hold all pages for longer than anybody may wait, one context after the other, and one that bids nothing
 * among them: by the rule of ageing alone it comes to its pages.
 */
final class Siege {
    private static final int RICH = 3;
    private static final long LASTS = 9_000_000_000L;
    private static final int[] NEVER = {};

    private Siege() {}

    /** @throws Breach of C7, if the poor one is left to wait */
    static void run() {
        Scenario world = Scenario.siege();
        EngineSim sim = new EngineSim(world, false, Simulation.checkers());
        for (int i = 0; i < RICH; i++) {
            sim.add(new Holder(sim, i, OptionalDouble.of(1), Integer.MAX_VALUE), 0);
        }
        sim.add(new Holder(sim, RICH, OptionalDouble.of(0), 1), 50_000_000);
        sim.run();
        sim.close();
    }

    /** Generate in one context after the other. */
    private static final class Holder extends Actor {
        private int left;
        private int begun;

        Holder(EngineSim sim, int number, OptionalDouble bid, int contexts) {
            super(sim, number, number + 1);
            this.bid = bid;
            owner = "owner" + number;
            left = contexts;
        }

        @Override
        void act() {
            if (left-- == 0 || sim.clock().getAsLong() > LASTS) {
                close(End.DONE);
                return;
            }
            context(context -> {
                context.append(IntStream.range(0, 200)
                        .map(i -> (i * 7 + number * 13 + begun) % Scenario.VOCAB)
                        .toArray());
                begun++;
                generate(context);
            });
        }

        private void generate(ContextHandle context) {
            Generation generation = context.generate(
                    new PlanSpec(SamplerChain.ARGMAX, 24, NEVER, List.of(), null, OptionalLong.of(number), List.of()));
            await("collect", generation::collect, step -> {
                seen.add(step.tokens());
                context.close();
                act();
            });
        }
    }
}
