package pie.server;

import java.util.LinkedHashMap;
import java.util.Map;
import pie.engine.process.Pace;

/** Part the time that a process waited for the engine by what the engine did meanwhile. */
final class WaitShares {
    private static final String FORWARD = "forward";

    private WaitShares() {}

    /**
     * Return nanoseconds by word, whose sum is that of {@code waits}: {@code forward} becomes {@code allocation}, {@code queue},
     * {@code restore} and the rest, in the proportions of its contexts' own times. With several contexts at once that is an estimate.
     */
    static Map<String, Long> of(Map<String, Long> waits, Pace pace) {
        Map<String, Long> all = new LinkedHashMap<>(waits);
        Long forward = all.remove(FORWARD);
        if (forward == null) {
            return all;
        }
        double scale = pace.workNanos() == 0 ? 0 : Math.min(1, (double) forward / pace.workNanos());
        long left = forward;
        left -= put(all, "allocation", (long) (pace.allocationNanos() * scale), left);
        left -= put(all, "queue", (long) ((pace.queueNanos() - pace.allocationNanos()) * scale), left);
        left -= put(all, "restore", (long) (pace.restoreNanos() * scale), left);
        all.merge(FORWARD, left, Long::sum);
        return all;
    }

    private static long put(Map<String, Long> all, String word, long nanos, long most) {
        long given = Math.clamp(nanos, 0, most);
        all.merge(word, given, Long::sum);
        return given;
    }
}
