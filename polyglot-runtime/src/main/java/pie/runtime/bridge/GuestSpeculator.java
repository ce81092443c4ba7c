package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Value;
import pie.inferlet.Output;
import pie.inferlet.Speculator;

/** Ask a drafter that a program wrote in its own language. */
final class GuestSpeculator implements Speculator {
    private static final int[] NONE = {};

    private final Callback object;

    GuestSpeculator(Callback object) {
        this.object = object;
    }

    @Override
    public Draft draft() {
        Value draft = object.call("draft");
        if (draft.isNull() || draft.hasArrayElements() && draft.getArraySize() == 0) {
            return Draft.NONE;
        }
        if (!draft.hasArrayElements() || draft.getArraySize() > 3) {
            throw Args.invalidType("draft must return tokens and positions, and their distributions if it has them");
        }
        int[] tokens = Args.ids(draft.getArrayElement(0), "the tokens of a draft");
        int[] positions = part(draft, 1) ? Args.ids(draft.getArrayElement(1), "the positions of a draft") : NONE;
        return new Draft(tokens, positions, part(draft, 2) ? distributions(draft.getArrayElement(2)) : List.of());
    }

    private static boolean part(Value draft, int i) {
        return draft.getArraySize() > i && !draft.getArrayElement(i).isNull();
    }

    private static List<Output.Distribution> distributions(Value given) {
        var all = new ArrayList<Output.Distribution>();
        for (long i = 0; i < given.getArraySize(); i++) {
            Value one = given.getArrayElement(i);
            Value shares = one.getArrayElement(1);
            float[] probabilities = new float[Math.toIntExact(shares.getArraySize())];
            for (int k = 0; k < probabilities.length; k++) {
                probabilities[k] = (float) shares.getArrayElement(k).asDouble();
            }
            all.add(new Output.Distribution(
                    Args.ids(one.getArrayElement(0), "the ids of a draft's distribution"), probabilities));
        }
        return all;
    }

    @Override
    public void accept(int[] tokens) {
        if (object.has("accept")) {
            object.call("accept", (Object) tokens);
        }
    }

    @Override
    public void rollback(int n) {
        if (object.has("rollback")) {
            object.call("rollback", n);
        }
    }

    @Override
    public void reset() {
        if (object.has("reset")) {
            object.call("reset");
        }
    }
}
