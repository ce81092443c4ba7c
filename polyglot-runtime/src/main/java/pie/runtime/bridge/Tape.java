package pie.runtime.bridge;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Stand between a guest's host calls and what they do: keep the answers, or give kept ones. */
public interface Tape {
    /** Compute an answer; see {@link Bridge#call}. */
    @FunctionalInterface
    interface Call {
        @Nullable
        Object run(Args args) throws InterruptedException;
    }

    /**
     * Answer a call.
     *
     * @param call what it does
     * @throws pie.engine.PieException what the program is to see
     */
    @Nullable
    Object answer(String name, Args args, Call call) throws InterruptedException;

    /** Note that the host calls a method of the program, inside a call of the program's. @param arguments ids and integers */
    void calling(int callback, String member, List<Object> arguments);

    /** Say whether another run may be answered from what this one is told, so that clocks are the host's. */
    default boolean repeatable() {
        return true;
    }

    /** Wait for a completed call as {@link Bridge#poll} does, where the calls in flight are kept elsewhere; empty if they are not. */
    default OptionalInt poll(double seconds) throws InterruptedException {
        return OptionalInt.empty();
    }

    /** Say whether no call is in flight elsewhere; see {@link #poll}. */
    default boolean idle() throws InterruptedException {
        return true;
    }

    /** Return what makes values for the guest, and tells this tape of them. */
    Dialect dialect(Dialect plain);
}
