package pie.cli.tui;

import java.io.IOException;
import java.util.Optional;

/** Tell keys from what a terminal sends: characters, and the escape sequences of xterm and its kin. */
public final class Keys {
    private static final int ESCAPE = 27;
    /** Time within which the rest of a sequence follows its escape. */
    private static final long REST_MILLIS = 40;

    /** Give the next character, or wait for it in vain. */
    public interface Source {
        int NOTHING = -2;
        int CLOSED = -1;

        /** Return a character, {@link #NOTHING} after {@code millis}, or {@link #CLOSED}. */
        int read(long millis) throws IOException;
    }

    private final Source source;

    public Keys(Source source) {
        this.source = source;
    }

    /** Wait at most so long for a key; empty if there was none. @throws IOException also at the end of the input */
    public Optional<Key> next(long millis) throws IOException {
        int c = source.read(millis);
        return switch (c) {
            case Source.NOTHING -> Optional.empty();
            case Source.CLOSED -> throw new IOException("the terminal's input has ended");
            case ESCAPE -> Optional.of(sequence());
            case '\r', '\n' -> Optional.of(Key.Name.ENTER);
            case '\t' -> Optional.of(Key.Name.TAB);
            case 8, 127 -> Optional.of(Key.Name.BACKSPACE);
            default -> Optional.of(c < ' ' ? Key.Name.OTHER : new Key.Char(whole(c)));
        };
    }

    private int whole(int c) throws IOException {
        if (!Character.isHighSurrogate((char) c)) {
            return c;
        }
        int low = source.read(REST_MILLIS);
        return low >= 0 && Character.isLowSurrogate((char) low) ? Character.toCodePoint((char) c, (char) low) : ' ';
    }

    private Key sequence() throws IOException {
        int second = source.read(REST_MILLIS);
        if (second != '[' && second != 'O') {
            return second < 0 ? Key.Name.ESCAPE : Key.Name.OTHER;
        }
        int number = 0;
        while (true) {
            int c = source.read(REST_MILLIS);
            if (c >= '0' && c <= '9') {
                number = Math.min(1000, 10 * number + c - '0');
            } else if (c == ';') {
                number = 0;
            } else {
                return named(c, number);
            }
        }
    }

    private static Key named(int last, int number) {
        return switch (last) {
            case 'A' -> Key.Name.UP;
            case 'B' -> Key.Name.DOWN;
            case 'C' -> Key.Name.RIGHT;
            case 'D' -> Key.Name.LEFT;
            case 'H' -> Key.Name.HOME;
            case 'F' -> Key.Name.END;
            case 'M' -> Key.Name.ENTER;
            case '~' ->
                switch (number) {
                    case 1, 7 -> Key.Name.HOME;
                    case 4, 8 -> Key.Name.END;
                    case 5 -> Key.Name.PAGE_UP;
                    case 6 -> Key.Name.PAGE_DOWN;
                    default -> Key.Name.OTHER;
                };
            default -> Key.Name.OTHER;
        };
    }
}
