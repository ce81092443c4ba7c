package pie.engine.sim;

import java.util.Arrays;
import pie.engine.driver.ForwardBatch;
import pie.engine.grammar.Matcher;
import pie.engine.kv.KvContext;

/**
 * A token drawn under a grammar is drawn under the mask that asking for each token alone gives. That texts are in their languages the
 * programs watch themselves.
 */
final class C18Grammars implements Checker {
    private static final int STOP = 2;

    @Override
    public void submitted(EngineSim sim, ForwardBatch batch) {
        for (int s = 0; s < batch.draws; s++) {
            int request = 0;
            while (batch.qoIndptr[request + 1] <= batch.drawRow[s]) {
                request++;
            }
            Constrained by = sim.constrained().get(batch.contextKey[request]);
            if (by == null) {
                continue;
            }
            for (KvContext kv : sim.engine().contexts()) {
                if (kv.id().value() == batch.contextKey[request]) {
                    check(batch, s, kv, by);
                }
            }
        }
    }

    private void check(ForwardBatch batch, int s, KvContext kv, Constrained by) {
        int[] kept = Arrays.copyOfRange(kv.tokens(), by.start(), (int) batch.drawIndex[s]);
        Matcher matcher = by.source().fork();
        for (int token : kept) {
            require(matcher.accept(token), "token " + token + " was kept, which the grammar forbids");
        }
        long expected = 0;
        for (int token = 0; token < Scenario.VOCAB; token++) {
            boolean allowed = token == STOP ? matcher.canEnd() : matcher.fork().accept(token);
            expected |= allowed ? 1L << token : 0;
        }
        require(batch.logitMaskRef[s] != ForwardBatch.NO_MASK, "a draw under a grammar has no mask");
        long mask = batch.logitMasks[batch.logitMaskRef[s]][0];
        require(
                mask == expected,
                "the mask behind " + Arrays.toString(kept) + " is " + Long.toBinaryString(mask) + " and should be "
                        + Long.toBinaryString(expected));
        require(Long.bitCount(expected) != 1, "a token was drawn that was the only one");
    }
}
