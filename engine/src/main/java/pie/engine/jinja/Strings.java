package pie.engine.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Text as Python sees it: characters are code points. */
final class Strings {
    private Strings() {}

    static List<@Nullable Object> characters(String text) {
        List<@Nullable Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static int compare(String a, String b) {
        for (int i = 0; i < a.length() && i < b.length(); ) {
            int left = a.codePointAt(i);
            int right = b.codePointAt(i);
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
    }

    static String joined(String separator, List<? extends @Nullable Object> parts) {
        var text = new StringJoiner(separator);
        parts.forEach(part -> text.add(Values.text(part)));
        return text.toString();
    }

    /** @param characters to take away, null for whitespace */
    static String strip(String text, @Nullable String characters, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && strips(text.charAt(start), characters)) {
            start++;
        }
        while (right && end > start && strips(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean strips(char c, @Nullable String characters) {
        return characters == null
                ? Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085'
                : characters.indexOf(c) >= 0;
    }

    static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    /** Return the text with each word begun by a capital, as words are where letters follow what is none. */
    static String titled(String text) {
        var titled = new StringBuilder();
        boolean within = false;
        for (int c : text.codePoints().toArray()) {
            titled.appendCodePoint(within ? Character.toLowerCase(c) : Character.toTitleCase(c));
            within = Character.isLetter(c);
        }
        return titled.toString();
    }
}
