package pie.engine.schedule;

import java.util.ArrayDeque;
import java.util.List;

/** Keep works apart that were in one step which was not run: each part has a step of the next ones to itself. */
final class Parts {
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private long last;

    /** Give works one of the next steps. */
    void add(List<Work> works) {
        if (!works.isEmpty()) {
            last++;
            for (Work work : works) {
                work.part = last;
            }
            waiting.add(last);
        }
    }

    /** Return the part that the next step is for, 0 if it is for all. */
    long take(List<Work> works) {
        Long part;
        while ((part = waiting.poll()) != null) {
            for (Work work : works) {
                if (work.part == part) {
                    return part;
                }
            }
        }
        return 0;
    }
}
