package pie.engine.grammar.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.regex.Regex;

/**
 * Write bounds on numbers as regular languages over their decimal notation, exactly and for any signs. Each bound is a pattern of its
 * own; both are intersected.
 */
final class NumberRange {
    private static final int MOST_DIGITS = 320;
    private static final String NEVER = "[]";
    private static final String INTEGER = "(?:0|[1-9][0-9]*)";
    private static final String FRACTION = "(?:\\.[0-9]+)?";

    /** A bound: a value, and whether it is itself allowed. */
    record Bound(BigDecimal value, boolean inclusive) {}

    private NumberRange() {}

    /** Return the whole numbers between the bounds, without leading zeros; 0 has no sign. Null stands for no bound. */
    static Dfa integers(@Nullable Bound low, @Nullable Bound high, Budget budget) {
        Dfa all = Regex.whole("0|-?[1-9][0-9]*", budget);
        if (low != null) {
            BigInteger least = integral(low, RoundingMode.CEILING, BigInteger.ONE);
            all = Languages.intersection(all, Regex.whole(integersFrom(least), budget), budget);
        }
        if (high != null) {
            BigInteger most = integral(high, RoundingMode.FLOOR, BigInteger.ONE.negate());
            all = Languages.intersection(all, Regex.whole(integersTo(most), budget), budget);
        }
        return all;
    }

    /** Return the decimal numbers between the bounds, without exponent. At least one bound is not null. */
    static Dfa decimals(@Nullable Bound low, @Nullable Bound high, Budget budget) {
        Dfa all = Regex.whole("-?" + INTEGER + FRACTION, budget);
        if (low != null) {
            all = Languages.intersection(all, Regex.whole(decimalsFrom(low), budget), budget);
        }
        if (high != null) {
            all = Languages.intersection(all, Regex.whole(decimalsTo(high), budget), budget);
        }
        return all;
    }

    /** Whether the bound has too many digits to be written out. */
    static boolean isTooLong(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return (long) stripped.precision() - stripped.scale() > MOST_DIGITS || stripped.scale() > MOST_DIGITS;
    }

    private static BigInteger integral(Bound bound, RoundingMode inward, BigInteger step) {
        BigInteger value = bound.value().setScale(0, inward).toBigInteger();
        boolean isBound = new BigDecimal(value).compareTo(bound.value()) == 0;
        return isBound && !bound.inclusive() ? value.add(step) : value;
    }

    private static String integersFrom(BigInteger least) {
        return least.signum() > 0
                ? atLeast(least.toString())
                : (least.signum() < 0 ? "-(?:" + atMost(least.negate().toString(), '1') + ")|" : "") + INTEGER;
    }

    private static String integersTo(BigInteger most) {
        return most.signum() < 0
                ? "-(?:" + atLeast(most.negate().toString()) + ")"
                : "-[1-9][0-9]*|" + atMost(most.toString(), '0');
    }

    /** Digit strings without leading zeros of at most this value; {@code first} is the least number of one digit. */
    private static String atMost(String digits, char first) {
        int n = digits.length();
        if (n == 1) {
            return digits.charAt(0) < first ? NEVER : range(first, digits.charAt(0));
        }
        String shorter = (first == '0' ? "0|" : "") + "[1-9][0-9]{0," + (n - 2) + "}";
        StringBuilder same = new StringBuilder();
        for (int i = n - 1; i >= 0; i--) {
            char least = i == 0 ? '1' : '0';
            char digit = digits.charAt(i);
            String equal = digit + same.toString();
            same.setLength(0);
            same.append("(?:").append(equal);
            if (digit > least) {
                same.append('|')
                        .append(range(least, (char) (digit - 1)))
                        .append("[0-9]{")
                        .append(n - i - 1)
                        .append('}');
            }
            same.append(')');
        }
        return shorter + "|" + same;
    }

    /** Digit strings without leading zeros of at least this value. */
    private static String atLeast(String digits) {
        int n = digits.length();
        if (digits.equals("0")) {
            return INTEGER;
        }
        StringBuilder same = new StringBuilder();
        for (int i = n - 1; i >= 0; i--) {
            char digit = digits.charAt(i);
            String equal = digit + same.toString();
            same.setLength(0);
            same.append("(?:").append(equal);
            if (digit < '9') {
                same.append('|')
                        .append(range((char) (digit + 1), '9'))
                        .append("[0-9]{")
                        .append(n - i - 1)
                        .append('}');
            }
            same.append(')');
        }
        return same + "|[1-9][0-9]{" + n + ",}";
    }

    private static String decimalsFrom(Bound low) {
        return switch (low.value().signum()) {
            case 1 -> magnitudeFrom(low);
            case 0 -> low.inclusive() ? INTEGER + FRACTION + "|-0(?:\\.0+)?" : magnitudeFrom(low);
            default ->
                INTEGER + FRACTION + "|-(?:" + magnitudeTo(new Bound(low.value().negate(), low.inclusive())) + ")";
        };
    }

    private static String decimalsTo(Bound high) {
        return switch (high.value().signum()) {
            case -1 -> "-(?:" + magnitudeFrom(new Bound(high.value().negate(), high.inclusive())) + ")";
            case 0 -> high.inclusive() ? "-" + INTEGER + FRACTION + "|0(?:\\.0+)?" : "-(?:" + magnitudeFrom(high) + ")";
            default -> "-" + INTEGER + FRACTION + "|" + magnitudeTo(high);
        };
    }

    /** Unsigned decimals of at most the bound, which is not negative. */
    private static String magnitudeTo(Bound bound) {
        BigInteger whole = bound.value().toBigInteger();
        String fraction = fraction(bound.value());
        String below = whole.signum() == 0
                ? ""
                : "(?:" + atMost(whole.subtract(BigInteger.ONE).toString(), '0') + ")" + FRACTION + "|";
        String tail;
        if (fraction.isEmpty()) {
            tail = bound.inclusive() ? "(?:\\.0+)?" : NEVER;
        } else {
            StringBuilder digits = new StringBuilder();
            for (int i = fraction.length() - 1; i >= 0; i--) {
                char digit = fraction.charAt(i);
                boolean last = i == fraction.length() - 1;
                String equal = last ? (bound.inclusive() ? digit + "0*" : NEVER) : digit + "(?:" + digits + ")?";
                digits.setLength(0);
                digits.append(equal);
                if (digit > '0') {
                    digits.append('|').append(range('0', (char) (digit - 1))).append("[0-9]*");
                }
            }
            tail = "(?:\\.(?:" + digits + "))?";
        }
        return below + whole + tail;
    }

    /** Unsigned decimals of at least the bound, which is not negative. */
    private static String magnitudeFrom(Bound bound) {
        BigInteger whole = bound.value().toBigInteger();
        String fraction = fraction(bound.value());
        String above = "(?:" + atLeast(whole.add(BigInteger.ONE).toString()) + ")" + FRACTION + "|";
        String tail;
        if (fraction.isEmpty()) {
            tail = bound.inclusive() ? FRACTION : "\\.0*[1-9][0-9]*";
        } else {
            StringBuilder digits = new StringBuilder();
            for (int i = fraction.length() - 1; i >= 0; i--) {
                char digit = fraction.charAt(i);
                boolean last = i == fraction.length() - 1;
                String equal = digit + (last ? (bound.inclusive() ? "[0-9]*" : "0*[1-9][0-9]*") : "(?:" + digits + ")");
                digits.setLength(0);
                digits.append(equal);
                if (digit < '9') {
                    digits.append('|').append(range((char) (digit + 1), '9')).append("[0-9]*");
                }
            }
            tail = "\\.(?:" + digits + ")";
        }
        return above + whole + tail;
    }

    /** Returns the digits behind the point, none if the value is whole. */
    private static String fraction(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        if (stripped.scale() <= 0) {
            return "";
        }
        String text = stripped.toPlainString();
        return text.substring(text.indexOf('.') + 1);
    }

    private static String range(char low, char high) {
        return low == high ? String.valueOf(low) : "[" + low + "-" + high + "]";
    }
}
