package pie.cpu;

import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;

/** Keep what the last step drew for the rows of the next one that take their token from there. */
final class ChainedDraws {
    private final int[] token;
    private int count;

    ChainedDraws(int most) {
        token = new int[most];
    }

    /**
     * Put tokens where a batch names draws of the step before. A row whose draw went wrong is of no use to anybody: token 0 will do for
     * it, so that it harms no other.
     */
    void resolve(ForwardBatch batch) {
        for (int row = 0; row < batch.rows; row++) {
            int draw = ~batch.tokens[row];
            if (draw >= 0) {
                batch.tokens[row] = draw < count ? token[draw] : 0;
            }
        }
        count = 0;
    }

    void keep(ForwardBatch batch, ForwardResult result) {
        count = batch.draws;
        for (int s = 0; s < count; s++) {
            token[s] = result.status[s] == ForwardResult.OK ? result.token[s] : 0;
        }
    }
}
