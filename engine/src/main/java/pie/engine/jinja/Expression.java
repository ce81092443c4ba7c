package pie.engine.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a template that has a value. */
sealed interface Expression {
    /** @throws JinjaException if there is no value for what the scope holds */
    @Nullable
    Object value(Scope scope);

    default boolean truth(Scope scope) {
        return Values.truth(value(scope));
    }

    record Literal(@Nullable Object constant) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return constant;
        }
    }

    record Name(String name) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return Values.own(scope.get(name));
        }
    }

    record Listed(List<Expression> members, boolean tuple) implements Expression {
        @Override
        public Object value(Scope scope) {
            List<@Nullable Object> list = new ArrayList<>(members.size());
            members.forEach(member -> list.add(member.value(scope)));
            return tuple ? new Tuple(list.toArray()) : list;
        }
    }

    record Dict(List<Map.Entry<Expression, Expression>> members) implements Expression {
        @Override
        public Object value(Scope scope) {
            Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
            members.forEach(member ->
                    dict.put(member.getKey().value(scope), member.getValue().value(scope)));
            return dict;
        }
    }

    record Member(Expression base, String name) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return Values.member(base.value(scope), name);
        }
    }

    record Item(Expression base, Expression key) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return Values.item(base.value(scope), key.value(scope));
        }
    }

    /** @param from null where it was left out, as the others may be */
    record Slice(
            Expression base,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step) implements Expression {
        @Override
        public Object value(Scope scope) {
            return Values.slice(base.value(scope), bound(from, scope), bound(to, scope), bound(step, scope));
        }

        private static @Nullable Object bound(@Nullable Expression bound, Scope scope) {
            return bound == null ? null : bound.value(scope);
        }
    }

    record Call(Expression callee, Given given) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            @Nullable Object target = callee.value(scope);
            if (!(target instanceof Callable callable)) {
                throw Values.defined(target, target, "'%s' cannot be called");
            }
            return Values.own(callable.call(given.in(scope)));
        }
    }

    record Filtered(Expression base, String filter, Given given) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return Values.own(Filters.named(filter).apply(base.value(scope), given.in(scope)));
        }
    }

    record Tested(Expression base, String test, Given given) implements Expression {
        @Override
        public Object value(Scope scope) {
            return Tests.named(test).holds(base.value(scope), given.in(scope));
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public Object value(Scope scope) {
            return !operand.truth(scope);
        }
    }

    record And(Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            @Nullable Object first = left.value(scope);
            return Values.truth(first) ? right.value(scope) : first;
        }
    }

    record Or(Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            @Nullable Object first = left.value(scope);
            return Values.truth(first) ? first : right.value(scope);
        }
    }

    record Choice(
            Expression condition, Expression then, @Nullable Expression otherwise) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            if (condition.truth(scope)) {
                return then.value(scope);
            }
            return otherwise == null
                    ? new Undefined("an 'if' without 'else' has no value here")
                    : otherwise.value(scope);
        }
    }

    /** One of a chain such as {@code a < b <= c}. */
    record Comparison(String operator, Expression right) {}

    record Compared(Expression left, List<Comparison> chain) implements Expression {
        @Override
        public Object value(Scope scope) {
            @Nullable Object first = left.value(scope);
            for (Comparison next : chain) {
                @Nullable Object second = next.right.value(scope);
                if (!holds(next.operator, first, second)) {
                    return false;
                }
                first = second;
            }
            return true;
        }

        static boolean holds(String operator, @Nullable Object left, @Nullable Object right) {
            return switch (operator) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "in" -> Values.contains(right, left);
                case "not in" -> !Values.contains(right, left);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                default -> Values.compare(left, right) >= 0;
            };
        }
    }

    record Arithmetic(String operator, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object value(Scope scope) {
            return Operators.apply(operator, left.value(scope), right.value(scope));
        }
    }

    record Negative(Expression operand) implements Expression {
        @Override
        public Object value(Scope scope) {
            @Nullable Object value = operand.value(scope);
            return value instanceof Double d ? (Object) (-d) : Math.negateExact(Values.integer(value));
        }
    }

    /** Arguments as they are written. */
    record Given(
            List<Expression> positional,
            Map<String, Expression> named,
            @Nullable Expression more,
            @Nullable Expression moreNamed) {
        static final Given NOTHING = new Given(List.of(), Map.of(), null, null);

        Arguments in(Scope scope) {
            if (this == NOTHING) {
                return Arguments.NONE;
            }
            List<@Nullable Object> values = new ArrayList<>();
            positional.forEach(argument -> values.add(argument.value(scope)));
            if (more != null) {
                values.addAll(Values.list(more.value(scope)));
            }
            Map<String, @Nullable Object> byName = new LinkedHashMap<>();
            named.forEach((name, argument) -> byName.put(name, argument.value(scope)));
            if (moreNamed != null && moreNamed.value(scope) instanceof Map<?, ?> map) {
                map.forEach((name, value) -> byName.put(Values.text(name), Values.own(value)));
            }
            return new Arguments(values, byName);
        }
    }
}
