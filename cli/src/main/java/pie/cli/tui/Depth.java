package pie.cli.tui;

import java.util.Locale;
import java.util.Map;

/** Say how many colours a terminal has. */
public enum Depth {
    /** None: bold, dim and reversed cells only. */
    NONE,
    SIXTEEN,
    PALETTE,
    TRUE;

    /** Tell by the environment, as {@code NO_COLOR}, {@code COLORTERM} and {@code TERM} have it. */
    public static Depth of(Map<String, String> environment) {
        if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
            return NONE;
        }
        String term = environment.getOrDefault("TERM", "").toLowerCase(Locale.ROOT);
        String color = environment.getOrDefault("COLORTERM", "").toLowerCase(Locale.ROOT);
        if (term.isEmpty() || term.equals("dumb") || term.startsWith("vt1")) {
            return NONE;
        }
        if (color.equals("truecolor") || color.equals("24bit") || term.endsWith("-direct")) {
            return TRUE;
        }
        return term.contains("256color") || term.contains("kitty") || term.contains("alacritty") ? PALETTE : SIXTEEN;
    }

    /** Say whether a terminal shows characters beyond ASCII, by the environment's locale. */
    public static boolean unicode(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.getOrDefault(name, "");
            if (!locale.isEmpty()) {
                String upper = locale.toUpperCase(Locale.ROOT);
                return upper.contains("UTF-8") || upper.contains("UTF8");
            }
        }
        return false;
    }
}
