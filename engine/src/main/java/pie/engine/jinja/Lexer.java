package pie.engine.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Split a template into tokens, with {@code trim_blocks} and {@code lstrip_blocks} on: the newline behind a statement goes, and so do the
 * spaces before one that begins its line.
 */
final class Lexer {
    private static final Pattern OPENING = Pattern.compile("\\{[%{#]");
    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%}\\s*|%})");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");
    private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}\\s*|#}\\n?");
    private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}\\s*|%}\\n?");
    private static final Pattern VARIABLE_END = Pattern.compile("-}}\\s*|}}");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    private static final Pattern FLOAT =
            Pattern.compile("\\d+(?:_\\d+)*(?:\\.\\d+(?:_\\d+)*(?:[eE][+-]?\\d+)?|[eE][+-]?\\d+)");
    private static final Pattern INTEGER = Pattern.compile("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|\\d+(?:_\\d+)*");
    private static final Pattern STRING =
            Pattern.compile("'([^'\\\\]*(?:\\\\.[^'\\\\]*)*)'|\"([^\"\\\\]*(?:\\\\.[^\"\\\\]*)*)\"", Pattern.DOTALL);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|<=|>=|[-+*/%~<>=.,:|()\\[\\]{};]");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int counted;
    private int line = 1;
    /** Whether what comes now is the beginning of a line. */
    private boolean lineBegins = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** @throws JinjaException if a tag, a comment or a string has no end */
    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        Matcher opening = OPENING.matcher(source);
        while (opening.find(at)) {
            int tag = opening.start();
            Matcher raw = RAW.matcher(source).region(tag, source.length());
            char kind = source.charAt(tag + 1);
            data(at, tag, sign(tag + 2), kind != '{');
            if (kind == '%' && raw.lookingAt()) {
                advance(raw.end());
                raw();
            } else if (kind == '#') {
                advance(end(COMMENT_END, tag + 2, "comment"));
            } else {
                tag(kind == '%', tag + 2);
            }
        }
        data(at, source.length(), ' ', false);
        add(Token.Kind.END, "");
    }

    /** Return the sign for whitespace at a place, a space if there is none. */
    private char sign(int place) {
        char c = place < source.length() ? source.charAt(place) : ' ';
        return c == '-' || c == '+' ? c : ' ';
    }

    /** Add text between tags, as far as the sign of the tag behind it leaves it. */
    private void data(int from, int to, char sign, boolean strips) {
        String text = source.substring(from, to);
        if (sign == '-') {
            text = text.stripTrailing();
        } else if (sign != '+' && strips) {
            int begin = text.lastIndexOf('\n') + 1;
            if ((begin > 0 || lineBegins) && text.substring(begin).isBlank()) {
                text = text.substring(0, begin);
            }
        }
        if (!text.isEmpty()) {
            add(Token.Kind.DATA, text);
        }
        at = to;
    }

    private void raw() {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) {
            throw error("raw has no endraw");
        }
        String sign = end.group(1);
        data(at, end.start(), sign.isEmpty() ? ' ' : sign.charAt(0), true);
        advance(end.end());
    }

    private int end(Pattern pattern, int from, String what) {
        Matcher end = pattern.matcher(source);
        if (!end.find(from)) {
            throw error("a " + what + " has no end");
        }
        return end.end();
    }

    private void tag(boolean block, int inside) {
        add(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.VARIABLE_BEGIN, source.substring(inside - 2, inside));
        at = sign(inside) == ' ' ? inside : inside + 1;
        Matcher end = (block ? BLOCK_END : VARIABLE_END).matcher(source);
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skip(SPACE);
            if (at == source.length()) {
                throw error("a tag has no end");
            }
            if (open.isEmpty() && end.region(at, source.length()).lookingAt()) {
                add(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, end.group());
                advance(end.end());
                return;
            }
            word(open);
        }
    }

    private void skip(Pattern pattern) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (matcher.lookingAt()) {
            at = matcher.end();
        }
    }

    private void word(Deque<Character> open) {
        if (take(FLOAT, Token.Kind.FLOAT) || take(INTEGER, Token.Kind.INTEGER) || take(NAME, Token.Kind.NAME)) {
            return;
        }
        Matcher string = STRING.matcher(source).region(at, source.length());
        if (string.lookingAt()) {
            String text = string.group(1) != null ? string.group(1) : string.group(2);
            add(Token.Kind.STRING, Escapes.decode(text));
            at = string.end();
            return;
        }
        int before = at;
        if (!take(OPERATOR, Token.Kind.OPERATOR)) {
            throw error("'" + source.charAt(at) + "' was not expected");
        }
        balance(source.charAt(before), open);
    }

    private boolean take(Pattern pattern, Token.Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group());
        at = matcher.end();
        return true;
    }

    private void balance(char c, Deque<Character> open) {
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != c) {
                    throw error("'" + c + "' was not opened");
                }
            }
            default -> {}
        }
    }

    private void advance(int to) {
        lineBegins = source.charAt(to - 1) == '\n';
        at = to;
    }

    private void add(Token.Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        for (; counted < at; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }

    private JinjaException error(String problem) {
        return new JinjaException(problem, line());
    }
}
