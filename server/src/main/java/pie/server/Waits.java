package pie.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;

/** Wait for processes to end. */
final class Waits {
    private Waits() {}

    /** Wait until the process has ended, the client has left or the time is over; say whether the client has left. */
    static boolean endedOrGone(InferletProcess process, Duration wait, Exchange exchange) {
        if (wait.isZero() || process.outcome().isDone()) {
            return false;
        }
        CompletableFuture<Void> gone = exchange.clientGone();
        try {
            CompletableFuture.anyOf(process.outcome(), gone).get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new PieException(
                    ErrorCode.INTERNAL, "process " + process.id() + " has no outcome", java.util.Map.of(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientGone(e);
        }
        return gone.isDone() && !process.outcome().isDone();
    }
}
