package pie.engine.trace;

import java.util.List;

/** Say more of an {@link Entry} than its name and its time. */
public sealed interface Note {
    /** Say no more. */
    record Nothing() implements Note {}

    Nothing NOTHING = new Nothing();

    /** Say where in the program it was asked for. */
    record Asked(Place place) implements Note {}

    /** Say where in the program an operation of a context was asked for. */
    record Operation(long context, Place place) implements Note {}

    /** Count something, such as the pages that are left. */
    record Amount(String what, long value) implements Note {}

    /**
     * Describe the part of a process in one step.
     *
     * @param context one of its contexts that had rows
     * @param contexts how many of them had
     * @param tokens its rows, {@code replayed} ones and {@code drafts} included
     * @param accepted drafts that held
     * @param mates other processes of the same owner in the step, by the beginning of their ids, at most some
     * @param others contexts of other owners in the step
     * @param shareNanos its part of the device's time, by rows: an estimate
     * @param tokensOut all that it has generated so far
     * @param pages that it holds
     */
    record Step(
            long step,
            long context,
            int contexts,
            int tokens,
            int replayed,
            int drafts,
            int accepted,
            int batchTokens,
            int batchSize,
            List<String> mates,
            int others,
            long shareNanos,
            long tokensOut,
            int pages,
            double price,
            double balance)
            implements Note {
        /** Add another context of the process in the same step. */
        public Step plus(Step more) {
            return new Step(
                    step,
                    context,
                    contexts + more.contexts,
                    tokens + more.tokens,
                    replayed + more.replayed,
                    drafts + more.drafts,
                    accepted + more.accepted,
                    batchTokens,
                    batchSize,
                    mates,
                    others,
                    shareNanos + more.shareNanos,
                    more.tokensOut,
                    more.pages,
                    more.price,
                    more.balance);
        }

        /** Say that drafts of it held. */
        public Step accepting(int held) {
            return new Step(
                    step,
                    context,
                    contexts,
                    tokens,
                    replayed,
                    drafts,
                    accepted + held,
                    batchTokens,
                    batchSize,
                    mates,
                    others,
                    shareNanos,
                    tokensOut,
                    pages,
                    price,
                    balance);
        }
    }
}
