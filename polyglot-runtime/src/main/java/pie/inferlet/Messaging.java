package pie.inferlet;

import java.util.concurrent.CompletableFuture;
import pie.engine.PieException;

/**
 * Carry texts between the processes of one user: module {@code messaging}. A pushed text goes to one process that pulls, a broadcast one
 * to all that have subscribed.
 */
public final class Messaging {
    private static final int CAPACITY = 1024;

    private Messaging() {}

    /** Append to the user's queue of that name. @throws PieException BUDGET_EXHAUSTED with a full one */
    public static void push(String topic, String message) {
        live().topics().push(topic, message);
    }

    /** Wait for the oldest text of a queue; exactly one process gets it. */
    public static String pull(String topic) {
        return Host.current().await(pullAsync(topic), "message");
    }

    public static CompletableFuture<String> pullAsync(String topic) {
        Host host = live();
        return host.begun(host.topics().pull(topic), "message");
    }

    /** Send to all present subscriptions of a topic. */
    public static void broadcast(String topic, String message) {
        live().topics().broadcast(topic, message);
    }

    /** Receive what is broadcast from now on; keeps up to 1024 texts that are not taken yet. */
    public static Subscription subscribe(String topic) {
        return subscribe(topic, CAPACITY);
    }

    /** Receive what is broadcast from now on; of more than {@code capacity} texts that are not taken yet the oldest are lost. */
    public static Subscription subscribe(String topic, int capacity) {
        if (capacity < 1) {
            throw PieException.invalid("capacity must be >= 1, got " + capacity);
        }
        Host host = live();
        return new Subscription(host, host.topics().subscribe(topic, capacity));
    }

    private static Host live() {
        Host host = Host.current();
        host.checkLive();
        return host;
    }
}
