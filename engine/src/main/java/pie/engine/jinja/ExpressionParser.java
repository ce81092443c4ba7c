package pie.engine.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Read expressions, by the precedence that Jinja gives them: a filter or test binds closer than any operator but the sign. */
final class ExpressionParser {
    /** Expressions within expressions, beyond which none is meant. */
    private static final int DEEPEST = 200;

    /** Words that end an expression, and so are no argument of a test. */
    private static final Set<String> WORDS = Set.of("and", "or", "else", "if", "in", "is", "not");

    private final TokenReader tokens;
    private int depth;

    ExpressionParser(TokenReader tokens) {
        this.tokens = tokens;
    }

    /** Read one expression, or several with commas between them, which make a tuple. */
    Expression tuple(boolean withCondition) {
        Expression first = withCondition ? expression() : or();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> members = new ArrayList<>(List.of(first));
        while (tokens.operator(",") && !ends()) {
            members.add(withCondition ? expression() : or());
        }
        return new Expression.Listed(members, true);
    }

    private boolean ends() {
        return switch (tokens.peek().kind()) {
            case BLOCK_END, VARIABLE_END, END -> true;
            default -> tokens.isOperator(")") || tokens.isName("in") || tokens.isOperator("=");
        };
    }

    Expression expression() {
        if (++depth > DEEPEST) {
            throw new JinjaException(
                    "expressions are nested more than " + DEEPEST + " deep",
                    tokens.peek().line());
        }
        Expression value = or();
        while (tokens.name("if")) {
            Expression condition = or();
            Expression otherwise = tokens.name("else") ? expression() : null;
            value = new Expression.Choice(condition, value, otherwise);
        }
        depth--;
        return value;
    }

    /** Read what has no {@code if} of its own, as where a loop's follows. */
    Expression or() {
        Expression left = and();
        while (tokens.name("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.name("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        return tokens.name("not") ? new Expression.Not(not()) : comparison();
    }

    private Expression comparison() {
        Expression left = sum();
        List<Expression.Comparison> chain = new ArrayList<>();
        while (true) {
            String operator = tokens.oneOf("==", "!=", "<=", ">=", "<", ">");
            if (operator == null && tokens.name("in")) {
                operator = "in";
            } else if (operator == null
                    && tokens.isName("not")
                    && tokens.after().is(Token.Kind.NAME, "in")) {
                tokens.next();
                tokens.next();
                operator = "not in";
            }
            if (operator == null) {
                return chain.isEmpty() ? left : new Expression.Compared(left, chain);
            }
            chain.add(new Expression.Comparison(operator, sum()));
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        for (String operator = tokens.oneOf("+", "-"); operator != null; operator = tokens.oneOf("+", "-")) {
            left = new Expression.Arithmetic(operator, left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.operator("~")) {
            left = new Expression.Arithmetic("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        for (String o = tokens.oneOf("*", "/", "//", "%"); o != null; o = tokens.oneOf("*", "/", "//", "%")) {
            left = new Expression.Arithmetic(o, left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = signed(true);
        while (tokens.operator("**")) {
            left = new Expression.Arithmetic("**", left, signed(true));
        }
        return left;
    }

    private Expression signed(boolean filtered) {
        Expression value;
        if (tokens.operator("-")) {
            value = new Expression.Negative(signed(false));
        } else if (tokens.operator("+")) {
            value = signed(false);
        } else {
            value = primary();
        }
        value = postfix(value);
        return filtered ? filters(value) : value;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> named(token.text());
            case STRING -> {
                var text = new StringBuilder(token.text());
                while (tokens.peek().kind() == Token.Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield new Expression.Literal(text.toString());
            }
            case INTEGER -> new Expression.Literal(integer(token));
            case FLOAT -> new Expression.Literal(Double.parseDouble(token.text().replace("_", "")));
            case OPERATOR -> bracketed(token);
            default -> throw new JinjaException("a value was expected, not " + token.shown(), token.line());
        };
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(null);
            default -> new Expression.Name(name);
        };
    }

    private static Long integer(Token token) {
        String digits = token.text().replace("_", "");
        try {
            return digits.length() > 2 && digits.startsWith("0") && Character.isLetter(digits.charAt(1))
                    ? Long.parseLong(
                            digits.substring(2),
                            switch (digits.charAt(1)) {
                                case 'x', 'X' -> 16;
                                case 'o', 'O' -> 8;
                                default -> 2;
                            })
                    : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new JinjaException("the number " + token.text() + " is too large", token.line());
        }
    }

    private Expression bracketed(Token open) {
        return switch (open.text()) {
            case "(" -> {
                if (tokens.operator(")")) {
                    yield new Expression.Listed(List.of(), true);
                }
                Expression inside = tuple(true);
                tokens.needOperator(")");
                yield inside;
            }
            case "[" -> {
                List<Expression> members = new ArrayList<>();
                while (!tokens.operator("]")) {
                    members.add(expression());
                    if (!tokens.isOperator("]")) {
                        tokens.needOperator(",");
                    }
                }
                yield new Expression.Listed(members, false);
            }
            case "{" -> {
                List<Map.Entry<Expression, Expression>> members = new ArrayList<>();
                while (!tokens.operator("}")) {
                    Expression key = expression();
                    tokens.needOperator(":");
                    members.add(Map.entry(key, expression()));
                    if (!tokens.isOperator("}")) {
                        tokens.needOperator(",");
                    }
                }
                yield new Expression.Dict(members);
            }
            default -> throw new JinjaException("a value was expected, not " + open.shown(), open.line());
        };
    }

    private Expression postfix(Expression base) {
        Expression value = base;
        while (true) {
            if (tokens.operator(".")) {
                Token name = tokens.next();
                value = switch (name.kind()) {
                    case NAME -> new Expression.Member(value, name.text());
                    case INTEGER -> new Expression.Item(value, new Expression.Literal(integer(name)));
                    default -> throw new JinjaException("a name was expected, not " + name.shown(), name.line());
                };
            } else if (tokens.operator("[")) {
                value = item(value);
            } else if (tokens.operator("(")) {
                value = new Expression.Call(value, given());
            } else {
                return value;
            }
        }
    }

    private Expression item(Expression base) {
        Expression from = tokens.isOperator(":") ? null : tuple(true);
        if (from != null && tokens.operator("]")) {
            return new Expression.Item(base, from);
        }
        tokens.needOperator(":");
        Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
        Expression step = tokens.operator(":") && !tokens.isOperator("]") ? expression() : null;
        tokens.needOperator("]");
        return new Expression.Slice(base, from, to, step);
    }

    /** Read arguments, behind their parenthesis. */
    private Expression.Given given() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression more = null;
        Expression moreNamed = null;
        while (!tokens.operator(")")) {
            if (tokens.operator("**")) {
                moreNamed = expression();
            } else if (tokens.operator("*")) {
                more = expression();
            } else if (tokens.peek().kind() == Token.Kind.NAME && tokens.after().is(Token.Kind.OPERATOR, "=")) {
                String name = tokens.needName();
                tokens.next();
                named.put(name, expression());
            } else if (named.isEmpty() && moreNamed == null) {
                positional.add(expression());
            } else {
                throw tokens.unexpected("a named argument");
            }
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return new Expression.Given(positional, named, more, moreNamed);
    }

    private Expression filters(Expression base) {
        Expression value = base;
        while (true) {
            if (tokens.operator("|")) {
                value = filter(value);
            } else if (tokens.name("is")) {
                value = test(value);
            } else if (tokens.operator("(")) {
                value = new Expression.Call(value, given());
            } else {
                return value;
            }
        }
    }

    /** Read a filter, behind its bar. */
    Expression.Filtered filter(Expression base) {
        return new Expression.Filtered(base, dotted(), tokens.operator("(") ? given() : Expression.Given.NOTHING);
    }

    private String dotted() {
        var name = new StringBuilder(tokens.needName());
        while (tokens.operator(".")) {
            name.append('.').append(tokens.needName());
        }
        return name.toString();
    }

    private Expression test(Expression base) {
        boolean negated = tokens.name("not");
        String name = dotted();
        Expression tested = new Expression.Tested(base, name, testArguments());
        return negated ? new Expression.Not(tested) : tested;
    }

    private Expression.Given testArguments() {
        if (tokens.operator("(")) {
            return given();
        }
        Expression argument = testArgument();
        return argument == null
                ? Expression.Given.NOTHING
                : new Expression.Given(List.of(argument), Map.of(), null, null);
    }

    private @Nullable Expression testArgument() {
        Token token = tokens.peek();
        boolean begins = switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !WORDS.contains(token.text());
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
        return begins ? postfix(primary()) : null;
    }
}
