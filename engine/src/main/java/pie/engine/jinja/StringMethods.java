package pie.engine.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings. */
final class StringMethods {
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern LINE_END = Pattern.compile("\\r\\n|[\\n\\r\\x0b\\f\\x1c-\\x1e\\x85\\u2028\\u2029]");

    private StringMethods() {}

    /** Return a method of a text, null if strings have none of that name. */
    static @Nullable Callable of(String text, String name) {
        return switch (name) {
            case "strip" -> a -> Strings.strip(text, characters(a), true, true);
            case "lstrip" -> a -> Strings.strip(text, characters(a), true, false);
            case "rstrip" -> a -> Strings.strip(text, characters(a), false, true);
            case "removeprefix" ->
                a -> text.startsWith(a.text(0, "prefix"))
                        ? text.substring(a.text(0, "prefix").length())
                        : text;
            case "removesuffix" ->
                a -> text.endsWith(a.text(0, "suffix"))
                        ? text.substring(0, text.length() - a.text(0, "suffix").length())
                        : text;
            case "upper" -> a -> text.toUpperCase(Locale.ROOT);
            case "lower", "casefold" -> a -> text.toLowerCase(Locale.ROOT);
            case "title" -> a -> Strings.titled(text);
            case "capitalize" -> a -> Strings.capitalized(text);
            case "startswith" -> a -> any(text, a, String::startsWith);
            case "endswith" -> a -> any(text, a, String::endsWith);
            case "find" -> a -> found(text, text.indexOf(a.text(0, "sub")));
            case "rfind" -> a -> found(text, text.lastIndexOf(a.text(0, "sub")));
            case "index" -> a -> index(text, a.text(0, "sub"));
            case "count" -> a -> (long) parts(text, a.text(0, "sub"), -1).size() - 1;
            case "replace" -> a -> replaced(text, a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1));
            case "split" -> a -> split(text, a, false);
            case "rsplit" -> a -> split(text, a, true);
            case "splitlines" -> a -> lines(text, a.truth(0, "keepends", false));
            case "partition" -> a -> partition(text, a.text(0, "sep"));
            case "join" -> a -> Strings.joined(text, Values.list(a.need(0, "iterable")));
            case "format" -> a -> Formats.braces(text, a);
            case "zfill" -> a -> padded(text, a.integer(0, "width", 0), "0", true);
            case "rjust" -> a -> padded(text, a.integer(0, "width", 0), fill(a), true);
            case "ljust" -> a -> padded(text, a.integer(0, "width", 0), fill(a), false);
            case "isdigit", "isdecimal", "isnumeric" -> a -> all(text, Character::isDigit);
            case "isalpha" -> a -> all(text, Character::isLetter);
            case "isalnum" -> a -> all(text, Character::isLetterOrDigit);
            case "isspace" -> a -> all(text, c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
            case "isupper" -> a -> cased(text) && text.equals(text.toUpperCase(Locale.ROOT));
            case "islower" -> a -> cased(text) && text.equals(text.toLowerCase(Locale.ROOT));
            default -> null;
        };
    }

    private static @Nullable String characters(Arguments arguments) {
        @Nullable Object given = arguments.get(0, "chars", null);
        return given == null ? null : Values.text(given);
    }

    private static String fill(Arguments arguments) {
        return arguments.has(1, "fillchar") ? arguments.text(1, "fillchar") : " ";
    }

    private static boolean any(String text, Arguments arguments, BiPredicate<String, String> fits) {
        @Nullable Object given = arguments.need(0, "prefix");
        return given instanceof Tuple tuple
                ? tuple.stream().anyMatch(part -> fits.test(text, Values.text(part)))
                : fits.test(text, Values.text(given));
    }

    private static long found(String text, int at) {
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static long index(String text, String part) {
        long at = found(text, text.indexOf(part));
        if (at < 0) {
            throw new JinjaException("the text does not hold '" + part + "'");
        }
        return at;
    }

    private static boolean all(String text, IntPredicate fits) {
        return !text.isEmpty() && text.codePoints().allMatch(fits);
    }

    private static boolean cased(String text) {
        return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }

    private static String padded(String text, long width, String fill, boolean left) {
        int missing = Math.clamp(width - Values.length(text), 0, 1 << 16);
        String padding = fill.repeat(missing);
        if (!left) {
            return text + padding;
        }
        boolean signed = fill.equals("0") && (text.startsWith("-") || text.startsWith("+"));
        return signed ? text.charAt(0) + padding + text.substring(1) : padding + text;
    }

    /** @param most replacements, negative for all */
    static String replaced(String text, String old, String by, long most) {
        if (most < 0) {
            return text.replace(old, by);
        }
        return old.isEmpty() ? text : String.join(by, parts(text, old, most));
    }

    /** @param most separations, negative for all */
    private static List<String> parts(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new JinjaException("a separator is empty");
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<String> split(String text, Arguments arguments, boolean fromRight) {
        @Nullable Object separator = arguments.get(0, "sep", null);
        long most = arguments.integer(1, "maxsplit", -1);
        if (fromRight && most >= 0) {
            List<String> reversed = separator == null
                    ? words(reversed(text), most)
                    : parts(reversed(text), reversed(Values.text(separator)), most);
            List<String> parts = new ArrayList<>();
            reversed.forEach(part -> parts.add(reversed(part)));
            Collections.reverse(parts);
            return parts;
        }
        return separator == null ? words(text, most) : parts(text, Values.text(separator), most);
    }

    private static List<String> words(String text, long most) {
        String stripped = Strings.strip(text, null, true, most < 0);
        if (stripped.isBlank()) {
            return List.of();
        }
        return List.of(SPACE.split(stripped, most < 0 ? 0 : (int) Math.min(most + 1, Integer.MAX_VALUE)));
    }

    private static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    private static List<String> lines(String text, boolean withEnds) {
        List<String> lines = new ArrayList<>();
        var end = LINE_END.matcher(text);
        int from = 0;
        while (end.find()) {
            lines.add(text.substring(from, withEnds ? end.end() : end.start()));
            from = end.end();
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    private static Tuple partition(String text, String separator) {
        int at = text.indexOf(separator);
        return at < 0
                ? new Tuple(text, "", "")
                : new Tuple(text.substring(0, at), separator, text.substring(at + separator.length()));
    }
}
