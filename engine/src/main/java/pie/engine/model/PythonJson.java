package pie.engine.model;

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
        return Double.toString(value).replace("E", "e");
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }
}
