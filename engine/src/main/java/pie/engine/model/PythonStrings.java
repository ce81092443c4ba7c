package pie.engine.model;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** Give strings in templates the methods that they have in Python; Java's own ones differ in name or meaning. */
final class PythonStrings extends ELResolver {
    private static final Pattern WHITESPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public @Nullable Object invoke(
            ELContext context,
            @Nullable Object base,
            @Nullable Object method,
            Class<?> @Nullable [] types,
            @Nullable Object @Nullable [] arguments) {
        if (!(base instanceof String text) || method == null) {
            return null;
        }
        @Nullable Object[] given = arguments == null ? new Object[0] : arguments;
        @Nullable Object result = call(text, method.toString(), given);
        context.setPropertyResolved(result != null);
        return result;
    }

    private static @Nullable Object call(String text, String method, @Nullable Object[] arguments) {
        @Nullable Object first = arguments.length > 0 ? arguments[0] : null;
        String word = first == null ? "" : first.toString();
        return switch (method) {
            case "startswith" -> text.startsWith(word);
            case "endswith" -> text.endsWith(word);
            case "strip" -> strip(text, first, true, true);
            case "lstrip" -> strip(text, first, true, false);
            case "rstrip" -> strip(text, first, false, true);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "find" -> (long) text.indexOf(word);
            case "count" -> (long) split(text, word, -1).size() - 1;
            case "replace" -> text.replace(word, arguments.length > 1 ? String.valueOf(arguments[1]) : "");
            case "split" -> split(text, first, arguments);
            case "splitlines" -> text.lines().toList();
            case "join" -> join(text, first);
            default -> null;
        };
    }

    private static String strip(String text, @Nullable Object characters, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && isStripped(text.charAt(start), characters)) {
            start++;
        }
        while (right && end > start && isStripped(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isStripped(char c, @Nullable Object characters) {
        return characters == null
                ? Character.isWhitespace(c) || Character.isSpaceChar(c)
                : characters.toString().indexOf(c) >= 0;
    }

    private static List<String> split(String text, @Nullable Object separator, @Nullable Object[] arguments) {
        int limit = arguments.length > 1 && arguments[1] instanceof Number count ? count.intValue() : -1;
        if (separator == null) {
            String stripped = strip(text, null, true, true);
            return stripped.isEmpty() ? List.of() : List.of(WHITESPACE.split(stripped, limit < 0 ? 0 : limit + 1));
        }
        return split(text, separator.toString(), limit);
    }

    private static List<String> split(String text, String separator, int limit) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && !separator.isEmpty() && parts.size() != limit) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static String join(String separator, @Nullable Object elements) {
        List<String> parts = new ArrayList<>();
        if (elements instanceof Iterable<?> list) {
            list.forEach(element -> parts.add(String.valueOf(element)));
        }
        return String.join(separator, parts);
    }

    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, @Nullable Object property) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, @Nullable Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, @Nullable Object base, @Nullable Object property, @Nullable Object value) {}

    @Override
    public boolean isReadOnly(ELContext context, @Nullable Object base, @Nullable Object property) {
        return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, @Nullable Object base) {
        return null;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
        return null;
    }
}
