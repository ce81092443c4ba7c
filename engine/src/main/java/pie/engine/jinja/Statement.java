package pie.engine.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template that is carried out, and may print. */
sealed interface Statement {
    /** What comes after a statement. */
    enum Next {
        GO_ON,
        BREAK,
        CONTINUE
    }

    /** @throws JinjaException if it fails */
    Next run(Scope scope, StringBuilder output);

    record Data(String text) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            output.append(text);
            return Next.GO_ON;
        }
    }

    record Print(Expression expression, int line) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            try {
                output.append(Values.text(expression.value(scope)));
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return Next.GO_ON;
        }
    }

    record Body(List<Statement> statements) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            for (Statement statement : statements) {
                Next next = statement.run(scope, output);
                if (next != Next.GO_ON) {
                    return next;
                }
            }
            return Next.GO_ON;
        }

        /** Return what is printed. */
        String printed(Scope scope) {
            var output = new StringBuilder();
            run(scope, output);
            return output.toString();
        }
    }

    record Leave(Next next) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            return next;
        }
    }

    /** @param otherwise empty if there is no {@code else} */
    record If(Expression condition, Body then, Body otherwise, int line) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            boolean holds;
            try {
                holds = condition.truth(scope);
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return (holds ? then : otherwise).run(scope, output);
        }
    }

    /** @param where which members are gone over, null for all */
    record For(
            Target target,
            Expression iterable,
            @Nullable Expression where,
            boolean recursive,
            Body body,
            Body otherwise,
            int line)
            implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            try {
                over(iterable.value(scope), scope, output, 0);
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return Next.GO_ON;
        }

        private void over(@Nullable Object value, Scope scope, StringBuilder output, int level) {
            List<@Nullable Object> members = chosen(Values.list(value), scope);
            Callable again = recursive
                    ? arguments -> {
                        var inner = new StringBuilder();
                        over(arguments.need(0, "iterable"), scope.called(level), inner, level + 1);
                        return inner.toString();
                    }
                    : arguments -> {
                        throw new JinjaException("the loop is called and is not marked 'recursive'");
                    };
            var loop = new Loop(members, level, again);
            for (@Nullable Object member : members) {
                Scope inner = scope.inner();
                target.set(inner, member);
                inner.set("loop", loop);
                if (body.run(inner, output) == Next.BREAK) {
                    break;
                }
                loop.next();
            }
            if (members.isEmpty()) {
                otherwise.run(scope.inner(), output);
            }
        }

        private List<@Nullable Object> chosen(List<@Nullable Object> members, Scope scope) {
            if (where == null) {
                return members;
            }
            List<@Nullable Object> chosen = new ArrayList<>();
            for (@Nullable Object member : members) {
                Scope inner = scope.inner();
                target.set(inner, member);
                if (where.truth(inner)) {
                    chosen.add(member);
                }
            }
            return chosen;
        }
    }

    record Set(Target target, Expression value, int line) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            try {
                target.set(scope, value.value(scope));
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return Next.GO_ON;
        }
    }

    /** Set a name to what its body prints, or print what a filter makes of that, where there is no name. */
    record Captured(@Nullable Target target, Body body, List<Expression.Filtered> filters, int line)
            implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            try {
                @Nullable Object text = body.printed(scope.inner());
                for (Expression.Filtered filter : filters) {
                    text = new Expression.Filtered(new Expression.Literal(text), filter.filter(), filter.given())
                            .value(scope);
                }
                if (target == null) {
                    output.append(Values.text(text));
                } else {
                    target.set(scope, text);
                }
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return Next.GO_ON;
        }
    }

    record With(List<Set> variables, Body body) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            Scope inner = scope.inner();
            variables.forEach(variable -> inner.set(
                    ((Target.Name) variable.target()).name(), variable.value().value(scope)));
            return body.run(inner, output);
        }
    }

    record Define(MacroCode macro) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            scope.set(macro.name(), new Macro(macro, scope));
            return Next.GO_ON;
        }
    }

    /** Call a macro with the body as its {@code caller}. */
    record CallBlock(Expression.Call call, MacroCode body, int line) implements Statement {
        @Override
        public Next run(Scope scope, StringBuilder output) {
            try {
                @Nullable Object callee = call.callee().value(scope);
                if (!(callee instanceof Callable callable)) {
                    throw Values.defined(callee, callee, "'%s' cannot be called");
                }
                Arguments given = call.given().in(scope);
                var named = new java.util.LinkedHashMap<>(given.named());
                named.put("caller", new Macro(body, scope));
                output.append(Values.text(callable.call(new Arguments(given.positional(), named))));
            } catch (JinjaException e) {
                throw e.at(line);
            }
            return Next.GO_ON;
        }
    }
}
