package pie.engine.generate;

import java.util.List;

/** Hear of the tokens of a generation that is collected, while it goes on. Called on the engine loop: enqueue, and nothing more. */
public interface TokenListener {
    /**
     * Take a token that was drawn and kept, one that a stop string may still take back included.
     *
     * @param probes values of the plan's probes for the row that the token was drawn from
     */
    void kept(int token, List<ProbeValue> probes);
}
