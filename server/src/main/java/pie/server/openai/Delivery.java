package pie.server.openai;

import java.util.List;
import pie.engine.PieException;
import pie.engine.generate.FinishReason;
import pie.engine.generate.ProbeValue;

/** Bring to the thread that answers a request what the engine loop has for it. */
sealed interface Delivery {
    int choice();

    /** @param nanos clock of the moment at which the token was known */
    record Token(int choice, int token, List<ProbeValue> probes, long nanos) implements Delivery {}

    record Ended(int choice, FinishReason reason) implements Delivery {}

    record Failed(int choice, PieException cause) implements Delivery {}
}
