package pie.cli.tui;

/** Turn inks into the escape sequences of a terminal. One hue carries a meaning each; what is normal has none. */
public record Theme(Depth depth, boolean unicode) {
    /** Return the sequence that sets an ink, all attributes set anew. */
    String sgr(Ink ink, boolean marked) {
        String back = marked ? background() : "";
        return "\u001b[0"
                + switch (depth) {
                    case NONE -> plain(ink);
                    case SIXTEEN -> sixteen(ink);
                    case PALETTE -> palette(ink);
                    case TRUE -> rgb(ink);
                }
                + back + "m";
    }

    private String background() {
        return switch (depth) {
            case NONE, SIXTEEN -> ";7";
            case PALETTE -> ";48;5;237";
            case TRUE -> ";48;2;47;53;66";
        };
    }

    private static String plain(Ink ink) {
        return switch (ink) {
            case STRONG, ACCENT, WARN, BAD -> ";1";
            case DIM, FRAME -> ";2";
            case TEXT, GOOD, MARKET, GRAPH_LOW, GRAPH_MID, GRAPH_HIGH -> "";
        };
    }

    private static String sixteen(Ink ink) {
        return switch (ink) {
            case TEXT -> "";
            case DIM, FRAME -> ";90";
            case STRONG -> ";1";
            case ACCENT, GRAPH_LOW, GRAPH_MID -> ";36";
            case GRAPH_HIGH -> ";1;36";
            case GOOD -> ";32";
            case WARN -> ";33";
            case BAD -> ";31";
            case MARKET -> ";35";
        };
    }

    private static String palette(Ink ink) {
        return switch (ink) {
            case TEXT -> ";38;5;252";
            case DIM -> ";38;5;244";
            case FRAME -> ";38;5;239";
            case STRONG -> ";1;38;5;255";
            case ACCENT -> ";38;5;110";
            case GOOD -> ";38;5;108";
            case WARN -> ";38;5;179";
            case BAD -> ";38;5;167";
            case MARKET -> ";38;5;140";
            case GRAPH_LOW -> ";38;5;66";
            case GRAPH_MID -> ";38;5;73";
            case GRAPH_HIGH -> ";38;5;116";
        };
    }

    private static String rgb(Ink ink) {
        return switch (ink) {
            case TEXT -> ";38;2;205;211;222";
            case DIM -> ";38;2;125;134;150";
            case FRAME -> ";38;2;68;76;92";
            case STRONG -> ";1;38;2;238;241;246";
            case ACCENT -> ";38;2;129;173;216";
            case GOOD -> ";38;2;143;188;143";
            case WARN -> ";38;2;222;178;104";
            case BAD -> ";38;2;220;98;104";
            case MARKET -> ";38;2;176;148;205";
            case GRAPH_LOW -> ";38;2;76;122;130";
            case GRAPH_MID -> ";38;2;98;162;170";
            case GRAPH_HIGH -> ";38;2;141;205;208";
        };
    }

    /** Return the character that stands for another on this terminal. */
    int glyph(int glyph) {
        return unicode || glyph < 0x80 ? glyph : ascii(glyph);
    }

    private static int ascii(int glyph) {
        if (glyph >= Braille.FIRST && glyph <= Braille.LAST) {
            return " .::-=+*#".charAt(Integer.bitCount(glyph - Braille.FIRST));
        }
        return switch (glyph) {
            case '─' -> '-';
            case '│', '▕', '▏' -> '|';
            case '╭', '╮', '╰', '╯' -> '+';
            case '█', '▉', '▊', '▋' -> '#';
            case '▌', '▍', '▎' -> '=';
            case '░', '▒' -> '.';
            case '●' -> '*';
            case '·' -> '.';
            case '–', '—' -> '-';
            case '…' -> '~';
            case '◂', '◀', '←' -> '<';
            case '▸', '▶', '→' -> '>';
            case '▲', '↑' -> '^';
            case '▼', '↓' -> 'v';
            case '×' -> 'x';
            case 'µ' -> 'u';
            default -> '?';
        };
    }
}
