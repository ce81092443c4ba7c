package pie.cli.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pie.cli.monitor.Snapshot.Program;

/**
 * Put programs in order, calmly: between two sorts, a few seconds apart, each keeps its place though its numbers change; new ones come
 * at the end until then.
 */
final class Ranking {
    private static final long CALM_NANOS = 3_000_000_000L;

    private final Map<String, Integer> places = new HashMap<>();
    private Column sort = Column.PID;
    private boolean reversed;
    private long sortedAt;

    /** Return the programs that the view shows, in order; {@code nanos} is the present time. */
    List<Program> order(Snapshot snapshot, View view, long nanos) {
        List<Program> shown = new ArrayList<>();
        snapshot.programs().stream().filter(view.filter).forEach(shown::add);
        boolean again =
                places.isEmpty() || view.sort != sort || view.reversed != reversed || nanos - sortedAt >= CALM_NANOS;
        if (again) {
            Comparator<Program> natural = view.sort.natural();
            Comparator<Program> order = view.reversed ? natural.reversed() : natural;
            shown.sort(order.thenComparing(Program::id));
            sort = view.sort;
            reversed = view.reversed;
            sortedAt = nanos;
        } else {
            shown.sort(Comparator.<Program>comparingInt(p -> places.getOrDefault(p.id(), Integer.MAX_VALUE))
                    .thenComparing(Program::id));
        }
        places.clear();
        shown.forEach(p -> places.put(p.id(), places.size()));
        return shown;
    }
}
