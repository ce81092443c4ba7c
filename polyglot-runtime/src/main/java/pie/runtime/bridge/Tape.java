package pie.runtime.bridge;

import java.util.List;
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

    /** Return what makes values for the guest, and tells this tape of them. */
    Dialect dialect(Dialect plain);
}
