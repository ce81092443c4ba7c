package pie.server.profile;

import java.util.Locale;
import java.util.Map;

/** Give each name its colour: guest green, device blue, waits warm or grey. */
final class Colours {
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("guest", "#6f9f5f"),
            Map.entry("host calls", "#b3c98f"),
            Map.entry("forward", "#4f86b8"),
            Map.entry("decode", "#6fa0cf"),
            Map.entry("prefill", "#2f5f8f"),
            Map.entry("draft", "#8f7fc9"),
            Map.entry("replay", "#c98a4b"),
            Map.entry("overrun", "#a8b4c0"),
            Map.entry("queue", "#dcc07a"),
            Map.entry("allocation", "#c95f5f"),
            Map.entry("message", "#b07fb8"),
            Map.entry("timer", "#a3a9b4"),
            Map.entry("host", "#c99fb0"),
            Map.entry("output", "#8fb8b0"),
            Map.entry("queued", "#e5d9b0"),
            Map.entry("starting", "#d5d9e0"),
            Map.entry("stopping", "#d5d9e0"),
            Map.entry("not kept", "#ececec"));

    private Colours() {}

    static String of(String name) {
        String known = KNOWN.get(name);
        return known != null
                ? known
                : String.format(Locale.ROOT, "hsl(%d,28%%,66%%)", Math.floorMod(name.hashCode(), 360));
    }

    /** Return a warm colour for a line of a program. */
    static String line(String label) {
        return String.format(Locale.ROOT, "hsl(%d,68%%,70%%)", 24 + Math.floorMod(label.hashCode(), 28));
    }
}
