package pie.engine.grammar.ebnf;

import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Read the characters of a grammar, and say where an error is. */
final class Scanner {
    private final int[] text;
    private int at;

    Scanner(String text) {
        this.text = text.codePoints().toArray();
    }

    int position() {
        return at;
    }

    void back(int position) {
        at = position;
    }

    boolean atEnd() {
        return at >= text.length;
    }

    /** Return the character here, -1 at the end. */
    int peek() {
        return at < text.length ? text[at] : -1;
    }

    int next() {
        return at < text.length ? text[at++] : -1;
    }

    boolean take(String expected) {
        int[] wanted = expected.codePoints().toArray();
        if (at + wanted.length > text.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (text[at + i] != wanted[i]) {
                return false;
            }
        }
        at += wanted.length;
        return true;
    }

    /** Pass over white space and comments. */
    void space() {
        while (at < text.length) {
            if (text[at] == '#') {
                while (at < text.length && text[at] != '\n') {
                    at++;
                }
            } else if (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
                at++;
            } else {
                return;
            }
        }
    }

    static boolean isName(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
    }

    /** Read a name, empty if there is none. */
    String name() {
        StringBuilder name = new StringBuilder();
        while (isName(peek())) {
            name.appendCodePoint(next());
        }
        return name.toString();
    }

    /** Return whether a name and {@code ::=} come next: another rule begins. Reads nothing. */
    boolean atRule() {
        int start = at;
        boolean rule = !name().isEmpty();
        space();
        rule &= take("::=");
        at = start;
        return rule;
    }

    /** Read what follows a backslash. */
    int escape(int place) {
        int c = next();
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'b' -> '\b';
            case 'v' -> 0x0b;
            case '0' -> 0;
            case 'a' -> 7;
            case 'e' -> 27;
            case 'x' -> hex(2, place);
            case 'u' -> hex(4, place);
            case 'U' -> hex(8, place);
            case '"', '\'', '\\', '[', ']', '-', '^', '/', '?', '.' -> c;
            default -> throw invalid(place, "there is no escape \\" + (c < 0 ? "" : Character.toString(c)));
        };
    }

    private int hex(int digits, int place) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw invalid(place, "this escape needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        if (!Character.isValidCodePoint((int) value) || value > Character.MAX_CODE_POINT) {
            throw invalid(place, "this escape is no Unicode character");
        }
        return (int) value;
    }

    int number(int place) {
        if (peek() < '0' || peek() > '9') {
            throw invalid(place, "a number must stand here");
        }
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(value * 10 + next() - '0', Integer.MAX_VALUE - 1L);
        }
        return (int) value;
    }

    PieException invalid(int place, String problem) {
        return error(ErrorCode.INVALID_ARGUMENT, place, problem);
    }

    PieException unsupported(int place, String problem) {
        return error(ErrorCode.UNSUPPORTED, place, problem);
    }

    private PieException error(ErrorCode code, int place, String problem) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(place, text.length); i++) {
            column = text[i] == '\n' ? 1 : column + 1;
            line += text[i] == '\n' ? 1 : 0;
        }
        return new PieException(
                code, "EBNF, " + line + ":" + column + ": " + problem, Map.of("line", line, "column", column));
    }
}
