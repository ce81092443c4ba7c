package pie.engine.grammar.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Nfa;
import pie.engine.grammar.expr.CodePoints;

/** Parse one pattern; errors carry its 1-based line and column. */
final class RegexParser {
    private static final int MOST_COPIES = 1024;
    private static final int DEEPEST = 500;
    private static final CodePoints DIGITS = CodePoints.range('0', '9');
    private static final CodePoints WORD = CodePoints.ranges('a', 'z', 'A', 'Z', '0', '9', '_', '_');
    private static final CodePoints SPACE = CodePoints.ranges(
            9, 13, ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
            0x3000, 0x3000, 0xfeff, 0xfeff);
    private static final CodePoints LINE_ENDS = CodePoints.ranges('\n', '\n', '\r', '\r', 0x2028, 0x2029);

    private final int[] text;
    private int at;
    private int depth;

    private RegexParser(String pattern) {
        this.text = pattern.codePoints().toArray();
    }

    static RegexNode parse(String pattern) {
        RegexParser parser = new RegexParser(pattern);
        RegexNode node = parser.disjunction();
        if (parser.at < parser.text.length) {
            throw parser.invalid("there is no group that this ) closes");
        }
        return node;
    }

    private RegexNode disjunction() {
        if (++depth > DEEPEST) {
            throw unsupported("groups nested deeper than " + DEEPEST);
        }
        List<RegexNode> parts = new ArrayList<>();
        parts.add(alternative());
        while (take('|')) {
            parts.add(alternative());
        }
        depth--;
        return parts.size() == 1 ? parts.getFirst() : new RegexNode.Choice(parts);
    }

    private RegexNode alternative() {
        List<RegexNode> parts = new ArrayList<>();
        while (at < text.length && text[at] != '|' && text[at] != ')') {
            parts.add(term());
        }
        return parts.size() == 1 ? parts.getFirst() : new RegexNode.Sequence(parts);
    }

    private RegexNode term() {
        int c = text[at];
        RegexNode atom = switch (c) {
            case '^', '$' -> {
                at++;
                yield new RegexNode.Anchor(c == '$');
            }
            case '(' -> group();
            case '.' -> {
                at++;
                yield new RegexNode.Chars(LINE_ENDS.complement());
            }
            case '[' -> characterClass();
            case '\\' -> new RegexNode.Chars(escape(false));
            case '*', '+', '?' -> throw invalid("there is nothing that this quantifier repeats");
            default -> {
                at++;
                yield new RegexNode.Chars(CodePoints.of(c));
            }
        };
        return quantified(atom);
    }

    private RegexNode quantified(RegexNode atom) {
        int least;
        int most;
        int place = at;
        if (take('*')) {
            least = 0;
            most = Nfa.UNBOUNDED;
        } else if (take('+')) {
            least = 1;
            most = Nfa.UNBOUNDED;
        } else if (take('?')) {
            least = 0;
            most = 1;
        } else if (peek('{') && isBraceQuantifier()) {
            at++;
            least = number();
            most = take(',') ? (peek('}') ? Nfa.UNBOUNDED : number()) : least;
            take('}');
            if (least > MOST_COPIES || (most > MOST_COPIES && most != Nfa.UNBOUNDED)) {
                at = place;
                throw unsupported("repetition above " + MOST_COPIES);
            }
            if (least > most) {
                at = place;
                throw invalid("this quantifier's bounds are the wrong way round");
            }
        } else {
            return atom;
        }
        if (atom instanceof RegexNode.Anchor) {
            at = place;
            throw invalid("an anchor cannot be repeated");
        }
        take('?');
        if (peek('*') || peek('+') || peek('?') || (peek('{') && isBraceQuantifier())) {
            throw invalid("there is nothing that this quantifier repeats");
        }
        return new RegexNode.Repeat(atom, least, most);
    }

    private boolean isBraceQuantifier() {
        int i = at + 1;
        int digits = 0;
        boolean comma = false;
        for (; i < text.length && text[i] != '}'; i++) {
            if (text[i] == ',' && !comma && digits > 0) {
                comma = true;
            } else if (text[i] >= '0' && text[i] <= '9') {
                digits++;
            } else {
                return false;
            }
        }
        return i < text.length && digits > 0;
    }

    private int number() {
        long value = 0;
        for (; at < text.length && text[at] >= '0' && text[at] <= '9'; at++) {
            value = Math.min(value * 10 + text[at] - '0', Integer.MAX_VALUE - 1L);
        }
        return (int) value;
    }

    private RegexNode group() {
        int open = at++;
        if (take('?')) {
            if (peek('=') || peek('!')) {
                at = open;
                throw unsupported("look-ahead");
            }
            if (take('<')) {
                if (peek('=') || peek('!')) {
                    at = open;
                    throw unsupported("look-behind");
                }
                while (at < text.length && text[at] != '>') {
                    at++;
                }
                if (!take('>')) {
                    at = open;
                    throw invalid("this group's name has no end");
                }
            } else if (!take(':')) {
                at = open;
                throw unsupported("flags inside a pattern");
            }
        }
        RegexNode inner = disjunction();
        if (!take(')')) {
            at = open;
            throw invalid("this group is not closed");
        }
        // A sequence of one keeps "(^)" from looking like an anchor to the quantifier.
        return inner instanceof RegexNode.Anchor ? new RegexNode.Sequence(List.of(inner)) : inner;
    }

    private RegexNode characterClass() {
        int open = at++;
        boolean negated = take('^');
        CodePoints set = CodePoints.NONE;
        while (!peek(']')) {
            if (at >= text.length) {
                at = open;
                throw invalid("this class is not closed");
            }
            int place = at;
            CodePoints first = member();
            if (peek('-') && at + 1 < text.length && text[at + 1] != ']') {
                at++;
                CodePoints last = member();
                OptionalInt low = single(first);
                OptionalInt high = single(last);
                if (low.isEmpty() || high.isEmpty()) {
                    set = set.union(first).union(last).union(CodePoints.of('-'));
                } else if (low.getAsInt() > high.getAsInt()) {
                    at = place;
                    throw invalid("this range's ends are the wrong way round");
                } else {
                    set = set.union(CodePoints.range(low.getAsInt(), high.getAsInt()));
                }
            } else {
                set = set.union(first);
            }
        }
        at++;
        return new RegexNode.Chars(negated ? set.complement() : set);
    }

    private static OptionalInt single(CodePoints set) {
        return set.rangeCount() == 1 && set.low(0) == set.high(0) ? OptionalInt.of(set.low(0)) : OptionalInt.empty();
    }

    private CodePoints member() {
        if (text[at] == '\\') {
            return escape(true);
        }
        return CodePoints.of(text[at++]);
    }

    private CodePoints escape(boolean inClass) {
        int place = at++;
        if (at >= text.length) {
            at = place;
            throw invalid("nothing follows this backslash");
        }
        int c = text[at++];
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.complement();
            case 'w' -> WORD;
            case 'W' -> WORD.complement();
            case 's' -> SPACE;
            case 'S' -> SPACE.complement();
            case 't' -> CodePoints.of('\t');
            case 'n' -> CodePoints.of('\n');
            case 'v' -> CodePoints.of(0x0b);
            case 'f' -> CodePoints.of('\f');
            case 'r' -> CodePoints.of('\r');
            case 'x' -> CodePoints.of(hex(2, place));
            case 'u' -> CodePoints.of(unicode(place));
            case 'c' -> control(place);
            case '0' -> {
                if (at < text.length && text[at] >= '0' && text[at] <= '9') {
                    at = place;
                    throw unsupported("octal escapes");
                }
                yield CodePoints.of(0);
            }
            case 'b', 'B' -> {
                if (inClass && c == 'b') {
                    yield CodePoints.of('\b');
                }
                at = place;
                throw unsupported("word boundaries");
            }
            case 'p', 'P' -> {
                at = place;
                throw unsupported("Unicode properties");
            }
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                at = place;
                throw unsupported("back-references");
            }
            default -> {
                if (Character.isLetter(c)) {
                    at = place;
                    throw invalid("there is no escape \\" + Character.toString(c));
                }
                yield CodePoints.of(c);
            }
        };
    }

    private CodePoints control(int place) {
        int letter = at < text.length ? text[at++] : -1;
        if ((letter | 0x20) < 'a' || (letter | 0x20) > 'z') {
            at = place;
            throw invalid("\\c needs a letter");
        }
        return CodePoints.of(letter & 31);
    }

    private int unicode(int place) {
        if (take('{')) {
            int value = 0;
            int digits = 0;
            for (; at < text.length && Character.digit(text[at], 16) >= 0 && value <= CodePoints.LAST; at++, digits++) {
                value = value * 16 + Character.digit(text[at], 16);
            }
            if (digits == 0 || value > CodePoints.LAST || !take('}')) {
                at = place;
                throw invalid("\\u{…} needs a code point in hexadecimal digits");
            }
            return value;
        }
        int unit = hex(4, place);
        if (unit >= 0xd800 && unit < 0xdc00 && at + 1 < text.length && text[at] == '\\' && text[at + 1] == 'u') {
            int back = at;
            at += 2;
            int low = peek('{') ? 0 : hex(4, place);
            if (low >= 0xdc00 && low < 0xe000) {
                return 0x10000 + ((unit - 0xd800) << 10) + low - 0xdc00;
            }
            at = back;
        }
        return unit;
    }

    private int hex(int digits, int place) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < text.length ? Character.digit(text[at], 16) : -1;
            if (digit < 0) {
                at = place;
                throw invalid("this escape needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
            at++;
        }
        return value;
    }

    private boolean peek(int c) {
        return at < text.length && text[at] == c;
    }

    private boolean take(int c) {
        if (peek(c)) {
            at++;
            return true;
        }
        return false;
    }

    private PieException invalid(String problem) {
        return error(ErrorCode.INVALID_ARGUMENT, problem);
    }

    private PieException unsupported(String feature) {
        return error(ErrorCode.UNSUPPORTED, feature + " cannot be turned into a grammar");
    }

    private PieException error(ErrorCode code, String problem) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length); i++) {
            column = text[i] == '\n' ? 1 : column + 1;
            line += text[i] == '\n' ? 1 : 0;
        }
        return new PieException(
                code,
                "regular expression, " + line + ":" + column + ": " + problem,
                Map.of("line", line, "column", column));
    }
}
