package pie.engine.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Read the statements of a template. */
final class Parser {
    /** Statements within statements, beyond which none is meant. */
    private static final int DEEPEST = 200;

    private static final Set<String> OF_OTHER_FILES = Set.of("include", "import", "from", "extends", "block");

    private final TokenReader tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    private Parser(List<Token> tokens) {
        this.tokens = new TokenReader(tokens);
        expressions = new ExpressionParser(this.tokens);
    }

    /** @throws JinjaException if the tokens make no template */
    static Statement.Body template(List<Token> tokens) {
        return new Parser(tokens).body();
    }

    /** Read up to one of some statements, whose name is the next token then; without any, to the end. */
    private Statement.Body body(String... ends) {
        if (++depth > DEEPEST) {
            throw new JinjaException("statements are nested more than " + DEEPEST + " deep", line());
        }
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> statements.add(new Statement.Data(token.text()));
                case VARIABLE_BEGIN -> {
                    Expression value = expressions.tuple(true);
                    tokens.need(Token.Kind.VARIABLE_END, "the end of the expression");
                    statements.add(new Statement.Print(value, token.line()));
                }
                case END -> {
                    if (ends.length > 0) {
                        throw new JinjaException("a statement has no '" + ends[ends.length - 1] + "'", token.line());
                    }
                    depth--;
                    return new Statement.Body(statements);
                }
                default -> {
                    if (tokens.peek().kind() == Token.Kind.NAME
                            && List.of(ends).contains(tokens.peek().text())) {
                        depth--;
                        return new Statement.Body(statements);
                    }
                    statements.add(statement());
                }
            }
        }
    }

    private int line() {
        return tokens.peek().line();
    }

    private Statement statement() {
        int line = line();
        String name = tokens.needName();
        return switch (name) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> set(line);
            case "with" -> with(line);
            case "macro" -> macro();
            case "call" -> call(line);
            case "filter" -> filter(line);
            case "generation" -> {
                // It marks for training what an assistant said, and changes nothing that is printed.
                end();
                Statement.Body body = body("endgeneration");
                close();
                yield body;
            }
            case "do" -> {
                Expression value = expressions.tuple(true);
                end();
                yield new Statement.Captured(
                        new Target.Name("_"),
                        new Statement.Body(List.of(new Statement.Print(value, line))),
                        List.of(),
                        line);
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw new JinjaException("'" + name + "' stands in no loop", line);
                }
                end();
                yield new Statement.Leave(name.equals("break") ? Statement.Next.BREAK : Statement.Next.CONTINUE);
            }
            default ->
                throw new JinjaException(
                        OF_OTHER_FILES.contains(name)
                                ? "'" + name + "' needs other templates, of which there are none here"
                                : "there is no statement '" + name + "' here",
                        line);
        };
    }

    private void end() {
        tokens.need(Token.Kind.BLOCK_END, "the end of the statement");
    }

    /** Take the name of the statement at which a body ended, and its end. */
    private void close() {
        tokens.needName();
        end();
    }

    private Statement conditional(int line) {
        Expression condition = expressions.tuple(true);
        end();
        Statement.Body then = body("elif", "else", "endif");
        int next = line();
        Statement.Body otherwise = new Statement.Body(List.of());
        if (tokens.name("elif")) {
            return new Statement.If(condition, then, new Statement.Body(List.of(conditional(next))), line);
        }
        if (tokens.name("else")) {
            end();
            otherwise = body("endif");
        }
        close();
        return new Statement.If(condition, then, otherwise, line);
    }

    private Statement loop(int line) {
        Target target = targets();
        tokens.needName("in");
        Expression iterable = expressions.tuple(false);
        Expression where = tokens.name("if") ? expressions.expression() : null;
        boolean recursive = tokens.name("recursive");
        end();
        loops++;
        Statement.Body body = body("else", "endfor");
        loops--;
        Statement.Body otherwise = new Statement.Body(List.of());
        if (tokens.name("else")) {
            end();
            otherwise = body("endfor");
        }
        close();
        return new Statement.For(target, iterable, where, recursive, body, otherwise, line);
    }

    private Target targets() {
        Target first = target();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Target> all = new ArrayList<>(List.of(first));
        while (tokens.operator(",") && !tokens.isName("in") && !tokens.isOperator("=") && !tokens.isOperator(")")) {
            all.add(target());
        }
        return new Target.Several(all);
    }

    private Target target() {
        if (tokens.operator("(")) {
            Target inside = targets();
            tokens.needOperator(")");
            return inside;
        }
        String name = tokens.needName();
        return tokens.operator(".") ? new Target.OfNamespace(name, tokens.needName()) : new Target.Name(name);
    }

    private Statement set(int line) {
        Target target = targets();
        if (tokens.operator("=")) {
            Expression value = expressions.tuple(true);
            end();
            return new Statement.Set(target, value, line);
        }
        List<Expression.Filtered> filters = filters();
        end();
        Statement.Body body = body("endset");
        close();
        return new Statement.Captured(target, body, filters, line);
    }

    /** Read the filters of a body, each behind its bar. */
    private List<Expression.Filtered> filters() {
        List<Expression.Filtered> filters = new ArrayList<>();
        while (tokens.operator("|")) {
            filters.add(expressions.filter(new Expression.Literal("")));
        }
        return filters;
    }

    private Statement with(int line) {
        List<Statement.Set> variables = new ArrayList<>();
        while (tokens.peek().kind() == Token.Kind.NAME) {
            String name = tokens.needName();
            tokens.needOperator("=");
            variables.add(new Statement.Set(new Target.Name(name), expressions.expression(), line));
            if (!tokens.operator(",")) {
                break;
            }
        }
        end();
        Statement.Body body = body("endwith");
        close();
        return new Statement.With(variables, body);
    }

    private Statement macro() {
        String name = tokens.needName();
        List<MacroCode.Parameter> parameters = parameters();
        end();
        return new Statement.Define(new MacroCode(name, parameters, callee("endmacro")));
    }

    /** Read a body that is called, and in which a loop around it cannot be left. */
    private Statement.Body callee(String end) {
        int around = loops;
        loops = 0;
        Statement.Body body = body(end);
        loops = around;
        close();
        return body;
    }

    private List<MacroCode.Parameter> parameters() {
        List<MacroCode.Parameter> parameters = new ArrayList<>();
        tokens.needOperator("(");
        while (!tokens.operator(")")) {
            String name = tokens.needName();
            parameters.add(new MacroCode.Parameter(name, tokens.operator("=") ? expressions.expression() : null));
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return parameters;
    }

    private Statement call(int line) {
        List<MacroCode.Parameter> parameters = tokens.isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw new JinjaException("'call' needs a call", line);
        }
        end();
        return new Statement.CallBlock(call, new MacroCode("caller", parameters, callee("endcall")), line);
    }

    private Statement filter(int line) {
        List<Expression.Filtered> filters = new ArrayList<>(List.of(expressions.filter(new Expression.Literal(""))));
        filters.addAll(filters());
        end();
        Statement.Body body = body("endfilter");
        close();
        return new Statement.Captured(null, body, filters, line);
    }
}
