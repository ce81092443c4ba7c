package pie.engine;

import java.util.concurrent.CompletableFuture;

/** Stand for one asked-for operation of a context, from the call to the answer. */
abstract class Operation<T> {
    final CompletableFuture<T> future = new CompletableFuture<>();

    /** Begin on the loop, with the context to itself. Ends now or later by {@link EngineContext#answer} or {@code fail}. */
    abstract void start();

    /** Stop a started operation, unless rows of it are with the driver. Return whether it could. */
    boolean stop(PieException cause) {
        return true;
    }

    /** The caller gave up just as the value was ready. */
    void unclaimed(T value) {}
}
