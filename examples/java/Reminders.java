// Timers: sleep, wait for the client for a while only, and give up waiting without losing what it says later.
// A wait that is cancelled or runs out leaves the message where it is; the next `receive` gets it.
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

record Input(Optional<Double> seconds, Optional<Double> patience) {}

record Report(boolean slept, boolean quiet, String first, Object second, boolean cancelled) {}

Duration seconds(double n) {
    return Duration.ofNanos((long) (n * 1e9));
}

boolean quiet(Duration patience) {
    try {
        Timers.timeout(Session.receiveAsync(), patience);
        return false;
    } catch (PieException e) {
        return e.code() == ErrorCode.TIMEOUT;
    }
}

Report main(Input input) {
    Duration time = seconds(input.seconds().orElse(0.05));
    long begun = System.nanoTime();
    Timers.sleep(time);
    long slept = System.nanoTime() - begun;
    boolean quiet = quiet(seconds(input.patience().orElse(0.05)));

    var waiting = Session.receiveAsync();
    waiting.cancel(true);
    Session.send("speak");
    String first = Session.receive();
    Object second = CompletableFuture.anyOf(Session.receiveAsync(), Timers.sleepAsync(Duration.ofMinutes(1))).join();
    return new Report(slept >= time.toNanos(), quiet, first, second, waiting.isCancelled());
}
