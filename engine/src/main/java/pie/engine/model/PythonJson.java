package pie.engine.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** Write JSON as Python's {@code json.dumps(value, ensure_ascii=False)} does, which templates were trained with. */
final class PythonJson {
    private PythonJson() {}

    static String dumps(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> {
                StringJoiner members = new StringJoiner(", ", "{", "}");
                map.forEach((key, member) -> members.add(quoted(String.valueOf(key)) + ": " + dumps(member)));
                yield members.toString();
            }
            case Iterable<?> list -> {
                StringJoiner elements = new StringJoiner(", ", "[", "]");
                list.forEach(element -> elements.add(dumps(element)));
                yield elements.toString();
            }
            case Object[] array -> dumps(List.of(array));
            case Boolean truth -> truth.toString();
            case Double real -> number(real);
            case Float real -> number(real);
            case Number number -> number.toString();
            default -> quoted(value.toString());
        };
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        double size = Math.abs(value);
        if (value == 0 || (size >= 1e-4 && size < 1e16)) {
            String plain = new BigDecimal(Double.toString(value)).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String[] parts = Double.toString(value).split("E");
        int exponent = Integer.parseInt(parts[1]);
        String mantissa = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
        return mantissa + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }
}
