package pie.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import pie.inferlet.Host;

/** Tell a clock what a process waits for, also where it waits for futures and does not say which: then for the first of what has begun. */
final class Begun {
    private static final List<String> PRECEDENCE = List.of("forward", "message", "file", "output", "host", "timer");
    private static final String OTHER = "host";

    private final WaitClock clock;
    private final int[] open = new int[PRECEDENCE.size()];
    private boolean unnamed;

    Begun(WaitClock clock) {
        this.clock = clock;
    }

    /** Count an operation until it ends. Any thread. */
    void add(CompletableFuture<?> operation, String what) {
        int place = PRECEDENCE.indexOf(what);
        change(place, 1);
        var unused = operation.whenComplete((value, error) -> change(place, -1));
    }

    private synchronized void change(int place, int by) {
        open[place] += by;
        if (unnamed) {
            // With nothing left the program is about to go on: until then it waited for what was last.
            clock.enter(first(clock.now()));
        }
    }

    private String first(String none) {
        for (int i = 0; i < open.length; i++) {
            if (open[i] > 0) {
                return PRECEDENCE.get(i);
            }
        }
        return none;
    }

    /** Begin to wait. Return what the time went to before. */
    synchronized String enter(String what) {
        unnamed = what.equals(Host.BEGUN);
        return clock.enter(unnamed ? first(OTHER) : what);
    }

    /** Go on. */
    synchronized void leave(String before) {
        unnamed = false;
        clock.enter(before);
    }
}
