package pie.runtime.bridge;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stand for a call in flight.
 *
 * @param what where the time goes while it is in flight
 * @param finish makes the guest's value of the result, on the guest's thread
 * @param giveBack takes a result that came but will not be delivered
 */
record Operation(
        String what,
        CompletableFuture<?> future,
        Function<@Nullable Object, @Nullable Object> finish,
        Consumer<@Nullable Object> giveBack) {}
