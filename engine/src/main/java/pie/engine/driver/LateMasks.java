package pie.engine.driver;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Keep the late masks of steps until a driver wants them. Masks come on any thread; all else is one driver thread's. */
public final class LateMasks {
    private static final long PAUSE_NANOS = 5_000;
    /** Steps whose masks are kept though nobody submitted them, or too late. */
    private static final int MOST_STEPS = 64;

    private final Map<Long, Map<Integer, long[]>> steps = new ConcurrentHashMap<>();
    private volatile long ended = Long.MIN_VALUE;

    /** Take a mask; one of a step that has ended is dropped. */
    public void supply(long step, int draw, long[] mask) {
        if (step > ended && (steps.size() < MOST_STEPS || steps.containsKey(step))) {
            steps.computeIfAbsent(step, s -> new ConcurrentHashMap<>()).put(draw, mask);
        }
    }

    /** Say whether a batch has draws whose masks come late. */
    public static boolean expected(ForwardBatch batch) {
        for (int s = 0; s < batch.draws; s++) {
            if (batch.late[s]) {
                return true;
            }
        }
        return false;
    }

    /** Say whether all masks of a batch are there. */
    public boolean complete(ForwardBatch batch) {
        for (int s = 0; s < batch.draws; s++) {
            if (batch.late[s] && mask(batch.step, s) == null) {
                return false;
            }
        }
        return true;
    }

    private long @Nullable [] mask(long step, int draw) {
        Map<Integer, long[]> masks = steps.get(step);
        return masks == null ? null : masks.get(draw);
    }

    /** Wait until all masks of a batch are there, or for {@link Driver#LATE_PATIENCE}. */
    public void await(ForwardBatch batch) {
        long end = System.nanoTime() + Driver.LATE_PATIENCE.toNanos();
        while (!complete(batch) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Give the draws of a batch the masks that have come, as if the engine had written them there; draws that stay {@code late} have none. Later
     * masks of this step or one before it are dropped.
     */
    public void settle(ForwardBatch batch) {
        ended = batch.step;
        for (int s = 0; s < batch.draws; s++) {
            long[] mask = batch.late[s] ? mask(batch.step, s) : null;
            if (mask != null) {
                if (batch.logitMaskCount == batch.logitMasks.length) {
                    batch.logitMasks = Arrays.copyOf(batch.logitMasks, 2 * batch.logitMaskCount);
                }
                batch.logitMaskRef[s] = batch.logitMaskCount;
                batch.logitMasks[batch.logitMaskCount++] = mask;
                batch.late[s] = false;
            } else if (batch.late[s]) {
                batch.logitMaskRef[s] = ForwardBatch.NO_MASK;
            }
        }
        steps.keySet().removeIf(step -> step <= batch.step);
    }

    /** Set the status of the draws that are still late after {@link #settle}. */
    public static void refuse(ForwardBatch batch, ForwardResult result) {
        for (int s = 0; s < batch.draws; s++) {
            if (batch.late[s]) {
                result.token[s] = 0;
                result.status[s] = ForwardResult.LATE;
            }
        }
    }
}
