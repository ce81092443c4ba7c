package pie.engine;

import java.util.ArrayList;
import java.util.List;
import pie.engine.market.Missed;

/** Know the contexts of a loop that wait for the mask of their next token, and since when. */
final class MaskWaits {
    static final long NOT = Long.MIN_VALUE;

    private record Wait(EngineContext context, long since) {}

    private final List<Wait> waits = new ArrayList<>();

    void begin(EngineContext context, long now) {
        waits.add(new Wait(context, now));
    }

    void end(EngineContext context) {
        waits.removeIf(wait -> wait.context == context);
    }

    int size() {
        return waits.size();
    }

    /** Return since when a context waits, {@link #NOT} if it does not. */
    long since(EngineContext context) {
        for (int i = 0; i < waits.size(); i++) {
            if (waits.get(i).context == context) {
                return waits.get(i).since;
            }
        }
        return NOT;
    }

    /** Note a step that goes without all of them. */
    void missed(long step) {
        for (int i = 0; i < waits.size(); i++) {
            EngineContext context = waits.get(i).context;
            context.process.log.missed(step, context.kv().id().value(), Missed.MASK);
        }
    }
}
