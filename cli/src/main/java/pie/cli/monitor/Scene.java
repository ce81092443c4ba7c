package pie.cli.monitor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hold all that a frame is drawn of.
 *
 * @param snapshot last one of the server, null before the first
 * @param programs those that the view shows, in order
 * @param detail of the program in front, null if there is none
 * @param log last lines that the server in this process logged
 * @param link what is wrong with the connection, empty if nothing
 * @param clock time of day
 * @param serves whether the server is in this process, so that leaving is not the end of it
 */
record Scene(
        @Nullable Snapshot snapshot,
        List<Snapshot.Program> programs,
        Trend trend,
        View view,
        @Nullable Detail detail,
        List<String> log,
        String link,
        String clock,
        boolean serves) {

    /** Return the model that is looked at, null if there is none. */
    Snapshot.@Nullable Model model() {
        Snapshot s = snapshot;
        return s == null || s.models().isEmpty()
                ? null
                : s.models().get(Math.floorMod(view.model, s.models().size()));
    }

    /** Return the place of the marked program, -1 if there is none. */
    int marked() {
        for (int i = 0; i < programs.size(); i++) {
            if (programs.get(i).id().equals(view.chosen)) {
                return i;
            }
        }
        return programs.isEmpty() ? -1 : 0;
    }
}
