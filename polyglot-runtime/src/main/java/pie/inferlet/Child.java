package pie.inferlet;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Stand for a process that this one started. To let go of it lets it run on. */
public final class Child {
    private final Host host;
    private final Host.Offspring process;

    Child(Host host, Host.Offspring process) {
        this.host = host;
        this.process = process;
    }

    /** Return the id of the process, a UUID. */
    public String pid() {
        return process.pid();
    }

    /**
     * Wait for the result; may be called again.
     *
     * @throws pie.engine.PieException NOT_FOUND for an unknown program, CANCELLED, or the child's own code and message
     */
    public String result() {
        return host.await(resultAsync(), "host");
    }

    public CompletableFuture<String> resultAsync() {
        host.checkLive();
        // Not the child is cancelled with the wait for it.
        return host.begun(Futures.copy(process.result()), "host");
    }

    /** Return the result if the child has ended; fails as {@link #result} does. */
    public Optional<String> poll() {
        return process.result().isDone() ? Optional.of(result()) : Optional.empty();
    }

    /** End the child; has no effect on one that has ended. */
    public void cancel() {
        process.cancel();
    }

    @Override
    public String toString() {
        return "Child(" + pid() + ")";
    }
}
