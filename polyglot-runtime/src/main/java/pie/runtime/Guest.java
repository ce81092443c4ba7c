package pie.runtime;

import pie.engine.trace.StackSource;
import pie.inferlet.Host;
import pie.runtime.bridge.Tape;

/** Run one program once. {@code run} is called on the thread of the process, the rest from others, one after the other before it. */
public interface Guest<P> extends AutoCloseable {
    /** Do beforehand what only some programs need; called at most once, before {@code run}, when nothing else is to be done. */
    default void complete() {}

    /**
     * Run the program to its end on the calling thread, which is bound to {@code host}.
     *
     * @param input text of the input; each language turns it into the parameter of its entry
     * @return the result text, "" if the entry returns nothing
     * @throws pie.engine.PieException GUEST_ERROR with {@code type}, {@code traceback} for an uncaught exception of the program;
     *     the program's own code and message, with {@code traceback}, for one of ours; after an interrupt or kill, anything
     */
    String run(Host host, P program, String input);

    /**
     * Load a file for a program in another language, instead of {@code run}; on the thread of the process, as its calls are.
     *
     * @throws pie.engine.PieException as {@code run}
     */
    Host.Foreign open(Host host, P program);

    /** Let the host calls of the coming run go through a tape; only where {@link GuestLanguage#records} says so. */
    default void use(Tape tape) {
        throw new IllegalStateException("this guest takes no tape");
    }

    /** Return what looks at the program's stack, also while it runs. @param thread that {@code run} is called on */
    default StackSource stacks(Thread thread) {
        return StackSource.NONE;
    }

    /** Say whether it can still run a program: one that is kept for long may have been ended by the system. */
    default boolean usable() {
        return true;
    }

    /** Return the processor time that the program has used outside of the thread of its process, in nanoseconds. */
    default long cpuNanos() {
        return 0;
    }

    /**
     * Make the guest notice soon that its host is no longer live, also where it computes without host calls: pending clean-up code
     * runs. Never blocks.
     */
    void interrupt();

    /** Stop the guest by force, without its clean-up code. May block; {@code run} then throws. */
    void kill();

    /** Free what the guest holds. Called after {@code run} has returned, or instead of it. */
    @Override
    void close();
}
