package pie.engine.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Go through the tokens of a template. */
final class TokenReader {
    private final List<Token> tokens;
    private int at;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token after() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean isOperator(String text) {
        return peek().is(Token.Kind.OPERATOR, text);
    }

    boolean isName(String text) {
        return peek().is(Token.Kind.NAME, text);
    }

    /** Take an operator if it comes next. */
    boolean operator(String text) {
        return take(isOperator(text));
    }

    /** Take a word if it comes next. */
    boolean name(String text) {
        return take(isName(text));
    }

    private boolean take(boolean there) {
        if (there) {
            next();
        }
        return there;
    }

    /** Return the operator that comes next if it is one of some, null otherwise. */
    @Nullable
    String oneOf(String... operators) {
        for (String operator : operators) {
            if (operator(operator)) {
                return operator;
            }
        }
        return null;
    }

    void needOperator(String text) {
        if (!operator(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    void needName(String text) {
        if (!name(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    String needName() {
        return need(Token.Kind.NAME, "a name").text();
    }

    Token need(Token.Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        return next();
    }

    JinjaException unexpected(String wanted) {
        return new JinjaException(wanted + " was expected, not " + peek().shown(), peek().line());
    }
}
