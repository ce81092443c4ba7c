package pie.engine;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** Know which contexts got a result a moment ago, and so may soon have work again. */
final class Expected {
    static final long NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final ArrayDeque<EngineContext> recent = new ArrayDeque<>();

    void add(EngineContext context) {
        if (!context.recent) {
            context.recent = true;
            recent.add(context);
        }
    }

    boolean any(long now) {
        while (!recent.isEmpty() && !expected(recent.peek(), now)) {
            recent.poll().recent = false;
        }
        return !recent.isEmpty();
    }

    private static boolean expected(EngineContext context, long now) {
        return !context.closed() && !context.working() && now - context.lastResult < NANOS;
    }
}
