package pie.engine;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Have the mask of a step built off the loop, and know one that comes when nobody waits for it any more. */
final class MaskWait {
    private final EngineLoop loop;
    /** Counts the masks asked for, so that one that comes too late is known. */
    private long ticket;

    private boolean waiting;

    MaskWait(EngineLoop loop) {
        this.loop = loop;
    }

    /** Build a mask, and say on the loop how that went: null if well. */
    void begin(Constraints constraints, PlanCode plan, Consumer<@Nullable PieException> then) {
        long mine = ++ticket;
        long[] fixed = plan.spec().logitMask();
        int[] stops = plan.stopIds();
        waiting = true;
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
                    waiting = false;
                    then.accept(problem);
                }
            });
        });
    }

    /** Wait no more. Return whether a mask was being built. */
    boolean cancel() {
        boolean was = waiting;
        waiting = false;
        return was;
    }
}
