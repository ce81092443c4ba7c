package pie.engine.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's two ways to put values into a text: {@code "%s" % x} and {@code "{}".format(x)}. */
final class Formats {
    private static final Pattern PERCENT =
            Pattern.compile("%(?:\\((\\w+)\\))?([-0+ #]*)(\\d+)?(?:\\.(\\d+))?([sdrifxXo%])?");
    private static final Pattern BRACES =
            Pattern.compile("\\{\\{|}}|\\{(\\w*)((?:\\.\\w+|\\[\\w+])*)(?:!([rs]))?(?::([^{}]*))?}|[{}]");
    private static final Pattern SPEC = Pattern.compile("(?:(.)?([<>^]))?(0)?(\\d+)?(,)?(?:\\.(\\d+))?([sdfxX%])?");
    private static final Pattern STEP = Pattern.compile("\\.(\\w+)|\\[(\\w+)]");

    private Formats() {}

    /** @param given a tuple of values, a dict, or the one value */
    static String percent(String format, @Nullable Object given) {
        List<@Nullable Object> values = given instanceof Tuple tuple ? tuple : new Tuple(given);
        Matcher matcher = PERCENT.matcher(format);
        var text = new StringBuilder();
        int used = 0;
        while (matcher.find()) {
            String kind = matcher.group(5);
            if (kind == null) {
                throw new JinjaException("'" + matcher.group() + "' is no format");
            }
            String part = "%";
            if (!kind.equals("%")) {
                String name = matcher.group(1);
                if (name == null && used == values.size()) {
                    throw new JinjaException("there are more formats than values in '" + format + "'");
                }
                @Nullable Object value = name == null ? values.get(used++) : Values.item(given, name);
                part = aligned(
                        one(value, kind, precision(matcher.group(4))),
                        matcher.group(2).contains("-") ? '<' : '>',
                        matcher.group(2).contains("0") ? '0' : ' ',
                        width(matcher.group(3)));
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(part));
        }
        if (used < values.size() && !(given instanceof Map)) {
            throw new JinjaException("there are fewer formats than values in '" + format + "'");
        }
        return matcher.appendTail(text).toString();
    }

    static String braces(String format, Arguments arguments) {
        Matcher matcher = BRACES.matcher(format);
        var text = new StringBuilder();
        int used = 0;
        while (matcher.find()) {
            String found = matcher.group();
            String part;
            if (found.length() == 1) {
                throw new JinjaException("a '" + found + "' stands alone in '" + format + "'");
            } else if (found.equals("{{") || found.equals("}}")) {
                part = found.substring(1);
            } else {
                String name = matcher.group(1);
                @Nullable Object value = named(arguments, name.isEmpty() ? String.valueOf(used++) : name);
                value = walked(value, matcher.group(2));
                value = "r".equals(matcher.group(3)) ? Values.shown(value) : value;
                part = matcher.group(4) == null ? Values.text(value) : specified(value, matcher.group(4));
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(part));
        }
        return matcher.appendTail(text).toString();
    }

    private static @Nullable Object named(Arguments arguments, String name) {
        return Character.isDigit(name.charAt(0))
                ? arguments.need(Integer.parseInt(name), name)
                : arguments.need(Integer.MAX_VALUE, name);
    }

    private static @Nullable Object walked(@Nullable Object value, String path) {
        @Nullable Object end = value;
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            end = step.group(1) != null ? Values.member(end, step.group(1)) : Values.item(end, key(step.group(2)));
        }
        return end;
    }

    private static Object key(String written) {
        return written.chars().allMatch(Character::isDigit) ? (Object) Long.valueOf(written) : written;
    }

    private static String specified(@Nullable Object value, String spec) {
        Matcher matcher = SPEC.matcher(spec);
        if (!matcher.matches()) {
            throw new JinjaException("'" + spec + "' is no format that is known here");
        }
        boolean number = Values.isNumber(value);
        String kind = matcher.group(7);
        kind = kind != null ? kind : number && matcher.group(6) != null ? "f" : "s";
        String text = one(value, kind, precision(matcher.group(6)));
        if (matcher.group(5) != null) {
            int point = text.indexOf('.') < 0 ? text.length() : text.indexOf('.');
            text = text.substring(0, point).replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + text.substring(point);
        }
        String fill = matcher.group(1);
        String align = matcher.group(2);
        return aligned(
                text,
                align != null ? align.charAt(0) : number ? '>' : '<',
                fill != null ? fill.charAt(0) : matcher.group(3) != null ? '0' : ' ',
                width(matcher.group(4)));
    }

    private static int precision(@Nullable String digits) {
        return digits == null ? -1 : width(digits);
    }

    private static int width(@Nullable String digits) {
        if (digits != null && digits.length() > 5) {
            throw new JinjaException("a width of " + digits + " is too large");
        }
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static String one(@Nullable Object value, String kind, int precision) {
        return switch (kind) {
            case "d", "i" -> Values.isNumber(value) ? String.valueOf((long) Values.real(value)) : integer(value);
            case "f" -> fixed(Values.real(value), precision);
            case "%" -> fixed(100 * Values.real(value), precision) + "%";
            case "x" -> Long.toHexString(Values.integer(value));
            case "X" -> Long.toHexString(Values.integer(value)).toUpperCase(Locale.ROOT);
            case "o" -> Long.toOctalString(Values.integer(value));
            default -> {
                String text = kind.equals("r") ? Values.shown(value) : Values.text(value);
                yield precision >= 0 && precision < text.length() ? text.substring(0, precision) : text;
            }
        };
    }

    private static String integer(@Nullable Object value) {
        return String.valueOf(Values.integer(value));
    }

    private static String fixed(double value, int precision) {
        return new BigDecimal(value)
                .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    private static String aligned(String text, char how, char fill, int width) {
        int missing = width - (int) Values.length(text);
        if (missing <= 0) {
            return text;
        }
        String padding = String.valueOf(fill).repeat(missing);
        return switch (how) {
            case '<' -> text + padding;
            case '^' -> padding.substring(0, missing / 2) + text + padding.substring(missing / 2);
            default -> fill == '0' && text.startsWith("-") ? "-" + padding + text.substring(1) : padding + text;
        };
    }
}
