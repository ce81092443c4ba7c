package pie.engine.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Write JSON as Python's {@code json.dumps} does, which models were trained with.
 *
 * @param indent spaces of a level, negative for one line
 * @param between what stands between members
 * @param colon what stands between key and value
 * @param ascii whether other characters are written as escapes
 * @param sorted whether keys are put in order
 */
record Json(int indent, String between, String colon, boolean ascii, boolean sorted) {
    /** Take the arguments of the filter {@code tojson} as transformers defines it. */
    static Json of(Arguments arguments) {
        @Nullable Object indent = arguments.get(1, "indent", null);
        int spaces = indent == null ? -1 : Math.clamp(Values.integer(indent), 0, 64);
        @Nullable Object separators = arguments.get(2, "separators", null);
        List<@Nullable Object> pair =
                separators == null ? new Tuple(spaces < 0 ? ", " : ",", ": ") : Values.list(separators);
        return new Json(
                spaces,
                Values.text(pair.getFirst()),
                Values.text(pair.getLast()),
                arguments.truth(0, "ensure_ascii", false),
                arguments.truth(3, "sort_keys", false));
    }

    String write(@Nullable Object value) {
        var text = new StringBuilder();
        write(value, 0, text);
        return text.toString();
    }

    private void write(@Nullable Object given, int level, StringBuilder text) {
        @Nullable Object value = Values.own(given);
        switch (value) {
            case null -> text.append("null");
            case Boolean truth -> text.append(truth);
            case Long integer -> text.append(integer);
            case Double real -> text.append(number(real));
            case String s -> quote(s, text);
            case Map<?, ?> map -> {
                List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
                if (sorted) {
                    entries.sort((a, b) -> Values.compare(Values.own(a.getKey()), Values.own(b.getKey())));
                }
                list(text, level, '{', '}', entries, entry -> {
                    quote(entry.getKey() instanceof String key ? key : write(entry.getKey()), text);
                    text.append(colon);
                    write(entry.getValue(), level + 1, text);
                });
            }
            case List<?> list -> list(text, level, '[', ']', list, member -> write(member, level + 1, text));
            case Undefined u -> throw u.error();
            default -> throw new JinjaException("'" + Values.type(value) + "' cannot be written as JSON");
        }
    }

    private <T extends @Nullable Object> void list(
            StringBuilder text,
            int level,
            char open,
            char close,
            List<T> members,
            java.util.function.Consumer<T> write) {
        text.append(open);
        for (int i = 0; i < members.size(); i++) {
            text.append(i > 0 ? between : "");
            line(text, level + 1);
            write.accept(members.get(i));
        }
        if (!members.isEmpty()) {
            line(text, level);
        }
        text.append(close);
    }

    private void line(StringBuilder text, int level) {
        if (indent >= 0) {
            text.append('\n').repeat(' ', indent * level);
        }
    }

    private void quote(String s, StringBuilder text) {
        text.append('"');
        for (char c : JsonStringEncoder.getInstance().quoteAsCharArray(s)) {
            if (ascii && c > 0x7e) {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    /** Return {@code repr} of a float. */
    static String number(double value) {
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
}
