package pie.inferlet;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/**
 * Connect the API objects of one process with the engine side. Made by the runtime, bound to the threads of the process; programs
 * never see it.
 */
public interface Host {
    ProcessId id();

    OwnerId owner();

    /** Return {@code name@version}. */
    String program();

    /** Return the engines that the process may use, its default model first. */
    List<Engine> engines();

    /** Return the seed of everything random that names no seed of its own. */
    long seed();

    /** Say whether the program may share its prefixes with all users. */
    default boolean mayPublish() {
        return false;
    }

    /** Throw CANCELLED if the process is being ended. Called by every operation that does work; not by those that free. */
    void checkLive();

    /**
     * Wait for an operation on the calling guest thread; an interrupt of the process ends the wait with CANCELLED and cancels the
     * operation.
     *
     * @param what where the time goes: {@code forward queue message timer output host}
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what);

    /**
     * Say that the program is about to wait in its own event loop; what it has printed goes out.
     *
     * @param what where the time goes, in the words of {@link #await}
     */
    void idle(String what);

    /** Say that the program goes on after {@link #idle}. */
    void busy();

    void stdout(String text);

    void stderr(String text);

    /** Send out what was printed without a line end. */
    void flush();

    /** Log a message event; waits while an attached client lags. */
    void message(String text);

    /** Take the oldest queued message, now or when it comes. Cancelling the future loses no message. */
    CompletableFuture<String> receive();

    /** Put a received message back in front, as it will not be delivered. */
    void giveBack(String message);

    /** Set the result of a program whose entry returns nothing. */
    void returns(String text);

    Stats stats();

    /** Say why the process waits or runs slowly: the record of the server's explain route. */
    default CompletableFuture<Map<String, Object>> explain() {
        throw Unsupported.later("scheduling.explain: this process has no engine");
    }

    /** Return the host of the calling thread's process. */
    static Host current() {
        Host host = Bound.HOST.get();
        if (host == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "the inferlet API works on the threads of a running program only");
        }
        return host;
    }

    /** Bind the calling thread, and threads that it starts, to a process; null unbinds. For the runtime. */
    static void bind(@Nullable Host host) {
        if (host == null) {
            Bound.HOST.remove();
        } else {
            Bound.HOST.set(host);
        }
    }

    /** Hold the binding. */
    final class Bound {
        private static final InheritableThreadLocal<@Nullable Host> HOST = new InheritableThreadLocal<>();

        private Bound() {}
    }
}
