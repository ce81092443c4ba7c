package pie.engine;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Have the mask of a step built off the loop, and know one that comes when nobody waits for it any more. */
final class MaskWait {
    private final EngineContext context;
    /** Counts the masks asked for, so that one that comes too late is known. */
    private long ticket;

    private boolean waiting;

    MaskWait(EngineContext context) {
        this.context = context;
    }

    /** Build a mask, and say on the loop how that went: null if well. */
    void begin(Constraints constraints, PlanCode plan, Consumer<@Nullable PieException> then) {
        long mine = ++ticket;
        long[] fixed = plan.spec().logitMask();
        int[] stops = plan.stopIds();
        EngineLoop loop = context.loop;
        waiting = true;
        loop.maskWaits.begin(context, loop.now());
        loop.masks.execute(() -> {
            @Nullable PieException failure = null;
            try {
                constraints.prepare(fixed, stops);
            } catch (RuntimeException | Error e) {
                failure = new PieException(ErrorCode.INTERNAL, "a mask could not be built: " + e, Map.of(), e);
            }
            @Nullable PieException problem = failure;
            loop.completion(() -> {
                if (waiting && mine == ticket) {
                    cancel();
                    then.accept(problem);
                }
            });
        });
    }

    /** Wait no more. Return whether a mask was being built. */
    boolean cancel() {
        boolean was = waiting;
        if (was) {
            waiting = false;
            context.loop.maskWaits.end(context);
        }
        return was;
    }
}
