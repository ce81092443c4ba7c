package pie.inferlet;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Read what the market says, as of the last tick. Nothing but {@link #explain} waits. */
public final class Scheduling {
    private Scheduling() {}

    /** Return the credits of this process on a model. */
    public static double balance(Model model) {
        return model.engine().balance(model.host().id());
    }

    /** Return the clearing price of the context's device, credits a page and tick; 0 without contention. */
    public static double rent(Context context) {
        return context.handle().price();
    }

    /** Return the credits that the last tick paid to this process. */
    public static double dividend(Model model) {
        return model.engine().dividend(model.host().id());
    }

    /** Return the seconds that a step of the context's device takes, as a moving average. */
    public static double latency(Context context) {
        return context.handle().stepSeconds();
    }

    /** Return the credits that a new page costs. */
    public static double price() {
        return 1;
    }

    /** Say why this process waits or runs slowly: the record of the server's explain route. */
    public static Map<String, Object> explain() {
        return Host.current().await(explainAsync(), "queue");
    }

    public static CompletableFuture<Map<String, Object>> explainAsync() {
        Host host = Host.current();
        host.checkLive();
        return host.explain();
    }
}
