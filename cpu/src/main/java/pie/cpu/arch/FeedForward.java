package pie.cpu.arch;

import java.util.List;
import pie.cpu.kernel.Linear;

/** Hold the gated feed-forward part of a layer. */
public sealed interface FeedForward {
    /** Return a dense part of the shape that all of the layer have. */
    Dense first();

    /**
     * Hold down(activation(gate(x)) * up(x)).
     *
     * @param gateUp parts: gate, up
     */
    record Dense(Linear gateUp, Linear down) implements FeedForward {
        @Override
        public Dense first() {
            return this;
        }
    }

    /**
     * Hold parts of which each row goes to a few.
     *
     * @param router one logit for each expert
     */
    record Mixture(Linear router, List<Dense> experts) implements FeedForward {
        public Mixture {
            experts = List.copyOf(experts);
        }

        @Override
        public Dense first() {
            return experts.getFirst();
        }
    }
}
