package pie.engine.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic. */
final class Operators {
    /** Members or characters that a repetition may have. */
    private static final long LONGEST = 1 << 20;

    private Operators() {}

    /** @throws JinjaException if the operator takes no such operands, or the result is too large */
    static @Nullable Object apply(String operator, @Nullable Object left, @Nullable Object right) {
        if (operator.equals("~")) {
            return Values.text(left) + Values.text(right);
        }
        if (operator.equals("%") && left instanceof String format) {
            return Formats.percent(format, right);
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            try {
                boolean real = left instanceof Double || right instanceof Double || operator.equals("/");
                return real
                        ? (Object) reals(operator, Values.real(left), Values.real(right))
                        : integers(operator, Values.integer(left), Values.integer(right));
            } catch (ArithmeticException e) {
                throw new JinjaException("the result of '" + operator + "' is too large");
            }
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            return a + b;
        }
        if (operator.equals("+")
                && left instanceof List<?> a
                && right instanceof List<?> b
                && left instanceof Tuple == right instanceof Tuple) {
            List<@Nullable Object> both = new ArrayList<>(a);
            both.addAll(b);
            return left instanceof Tuple ? new Tuple(both.toArray()) : both;
        }
        if (operator.equals("*") && left instanceof Long times && !(right instanceof Long)) {
            return repeated(right, times);
        }
        if (operator.equals("*") && right instanceof Long times) {
            return repeated(left, times);
        }
        throw Values.defined(left, right, "'" + (operator.equals("%") ? "%%" : operator) + "' takes no '%s' and '%s'");
    }

    private static Object repeated(@Nullable Object value, long times) {
        if (!(value instanceof String || value instanceof List)) {
            throw Values.defined(value, value, "'%s' cannot be repeated");
        }
        if (times > 0 && Values.length(value) > LONGEST / times) {
            throw new JinjaException("the result of '*' is too large");
        }
        int n = (int) Math.max(0, times);
        if (value instanceof String text) {
            return text.repeat(n);
        }
        List<@Nullable Object> members = Values.list(value);
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.addAll(members);
        }
        return all;
    }

    private static double reals(String operator, double left, double right) {
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && right == 0) {
            throw new JinjaException("division by zero");
        }
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "//" -> Math.floor(left / right);
            case "%" -> left - right * Math.floor(left / right);
            default -> Math.pow(left, right);
        };
    }

    private static Object integers(String operator, long left, long right) {
        if ((operator.equals("//") || operator.equals("%")) && right == 0) {
            throw new JinjaException("division by zero");
        }
        return switch (operator) {
            case "+" -> Math.addExact(left, right);
            case "-" -> Math.subtractExact(left, right);
            case "*" -> Math.multiplyExact(left, right);
            case "//" -> Math.floorDivExact(left, right);
            case "%" -> Math.floorMod(left, right);
            default -> right < 0 ? (Object) Math.pow(left, right) : power(left, right);
        };
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            result = (left & 1) != 0 ? Math.multiplyExact(result, square) : result;
            square = left > 1 ? Math.multiplyExact(square, square) : square;
        }
        return result;
    }
}
