package pie.cli.command;

import pie.cli.Terminal;
import pie.cli.command.PieCommand.Color;
import pie.cli.tui.Depth;
import pie.cli.tui.Theme;

/** Tell what the terminal of this command can show. */
final class Screens {
    private Screens() {}

    /** Say whether there is a screen to draw on, and keys to read. */
    static boolean drawable() {
        return Terminal.CURRENT.in()
                && Terminal.CURRENT.out()
                && !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
    }

    static Theme theme(Color color) {
        Depth found = Depth.of(System.getenv());
        Depth depth = switch (color) {
            case AUTO -> found;
            case NEVER -> Depth.NONE;
            case ALWAYS -> found == Depth.NONE ? Depth.PALETTE : found;
        };
        return new Theme(depth, Depth.unicode(System.getenv()));
    }
}
