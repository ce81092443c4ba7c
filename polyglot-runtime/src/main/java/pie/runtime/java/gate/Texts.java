package pie.runtime.java.gate;

import java.util.Locale;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Bound the length of texts: 32 Mi characters at once. */
public final class Texts {
    static final int MAX = 32 << 20;
    private static final long STEP = 1 << 26;
    private static final long WORK = 1L << 31;
    private static final int MAX_WIDTH = 99_999;

    private Texts() {}

    /** Look at the result of a concatenation. */
    public static void made(@Nullable String s) {
        if (s != null) {
            Gate.atMost("a text in characters", s.length(), MAX);
        }
    }

    @Tames
    public static void tame(@Nullable StringBuilder b) {
        if (b != null) {
            Gate.atMost("a StringBuilder in characters", b.length(), MAX);
        }
    }

    @Replaces(String.class)
    public static String concat(String s, String tail) {
        Gate.atMost("a text in characters", (long) s.length() + tail.length(), MAX);
        return s.concat(tail);
    }

    @Replaces(String.class)
    public static String repeat(String s, int n) {
        Gate.atMost("a text in characters", (long) s.length() * Math.max(0, n), MAX);
        return s.repeat(n);
    }

    @Replaces(String.class)
    public static String indent(String s, int n) {
        Gate.atMost("an indentation", n, 10_000);
        Gate.atMost("a text in characters", (long) s.length() * Math.max(1, n), 16L * MAX);
        return s.indent(n);
    }

    @Replaces(String.class)
    public static String replace(String s, CharSequence target, CharSequence by) {
        String from = target.toString();
        String to = by.toString();
        long count = 0;
        if (to.length() > from.length()) {
            if (from.isEmpty()) {
                count = s.length() + 1L;
            } else {
                for (int i = find(s, from, 0); i >= 0; i = find(s, from, i + from.length())) {
                    Gate.check();
                    count++;
                }
            }
        }
        Gate.atMost("a text in characters", s.length() + count * (to.length() - from.length()), MAX);
        Gate.atMost("replace: the text times the target, in characters", (long) s.length() * from.length(), WORK);
        return s.replace(from, to);
    }

    /** Find a text within another, in steps that can be stopped: the library compares character by character, n times m of them. */
    private static int find(String s, String t, int from) {
        int step = (int) Math.max(1, STEP / Math.max(1, t.length()));
        int last = s.length() - t.length();
        for (int i = Math.max(0, from); i <= last; i += Math.min(step, last - i + 1)) {
            Gate.check();
            int end = (int) Math.min(s.length(), (long) i + step - 1 + t.length());
            int at = s.indexOf(t, i, end);
            if (at >= 0) {
                return at;
            }
        }
        return -1;
    }

    private static boolean small(int n, int m) {
        return (long) n * m <= STEP;
    }

    @Replaces(String.class)
    public static int indexOf(String s, String t) {
        return small(s.length(), t.length()) ? s.indexOf(t) : find(s, t, 0);
    }

    @Replaces(String.class)
    public static int indexOf(String s, String t, int from) {
        return small(s.length(), t.length()) ? s.indexOf(t, from) : find(s, t, from);
    }

    @Replaces(String.class)
    public static boolean contains(String s, CharSequence t) {
        return indexOf(s, t.toString()) >= 0;
    }

    @Guards(
            value = String.class,
            names = {"lastIndexOf", "indexOf"})
    public static void search(String s, String t) {
        Gate.atMost("lastIndexOf: the text times the target, in characters", (long) s.length() * t.length(), WORK);
    }

    @Guards(value = String.class, names = "lastIndexOf")
    public static void search(String s, String t, int from) {
        search(s, t);
    }

    @Guards(value = String.class, names = "indexOf")
    public static void search(String s, String t, int from, int to) {
        search(s, t);
    }

    @Guards(
            value = StringBuilder.class,
            names = {"indexOf", "lastIndexOf"})
    public static void search(StringBuilder s, String t) {
        Gate.atMost("indexOf: the text times the target, in characters", (long) s.length() * t.length(), WORK);
    }

    @Guards(
            value = StringBuilder.class,
            names = {"indexOf", "lastIndexOf"})
    public static void search(StringBuilder s, String t, int from) {
        search(s, t);
    }

    @Guards(
            value = java.text.Normalizer.class,
            names = {"normalize", "isNormalized"},
            statically = true)
    public static void normal(CharSequence s, java.text.Normalizer.Form form) {
        Gate.atMost("a text to normalise in characters", s.length(), 20_000);
    }

    @Replaces(value = String.class, statically = true)
    public static String join(CharSequence delimiter, CharSequence... parts) {
        return joined(delimiter, java.util.Arrays.asList(parts));
    }

    @Replaces(value = String.class, statically = true)
    public static String join(CharSequence delimiter, Iterable<? extends CharSequence> parts) {
        return joined(delimiter, parts);
    }

    private static String joined(CharSequence delimiter, Iterable<? extends @Nullable CharSequence> parts) {
        var joint = new Joint(delimiter.toString());
        for (CharSequence part : parts) {
            joint.add(part);
        }
        return joint.text("", "");
    }

    /** Join texts one by one, bounded. */
    private static final class Joint {
        private final String delimiter;
        private final StringBuilder text = new StringBuilder();
        private boolean empty = true;

        Joint(String delimiter) {
            this.delimiter = delimiter;
        }

        void add(@Nullable CharSequence part) {
            Gate.check();
            if (!empty) {
                text.append(delimiter);
            }
            empty = false;
            text.append(part);
            tame(text);
        }

        Joint merge(Joint other) {
            if (!other.empty) {
                add(other.text);
            }
            return this;
        }

        String text(CharSequence prefix, CharSequence suffix) {
            return prefix + text.toString() + suffix;
        }
    }

    @Replaces(value = Collectors.class, statically = true)
    public static Collector<CharSequence, ?, String> joining() {
        return joining("", "", "");
    }

    @Replaces(value = Collectors.class, statically = true)
    public static Collector<CharSequence, ?, String> joining(CharSequence delimiter) {
        return joining(delimiter, "", "");
    }

    @Replaces(value = Collectors.class, statically = true)
    public static Collector<CharSequence, ?, String> joining(
            CharSequence delimiter, CharSequence prefix, CharSequence suffix) {
        return Collector.of(
                () -> new Joint(delimiter.toString()), Joint::add, Joint::merge, joint -> joint.text(prefix, suffix));
    }

    // -- builders

    @GuardsNew(StringBuilder.class)
    public static void capacity(int n) {
        Gate.atMost("the capacity of a StringBuilder", n, MAX);
    }

    @Guards(
            value = StringBuilder.class,
            names = {"setLength", "ensureCapacity"})
    public static void grow(StringBuilder b, int n) {
        Gate.atMost("a StringBuilder in characters", n, MAX);
    }

    @Guards(value = StringBuilder.class, names = "repeat")
    public static void repeat(StringBuilder b, int codePoint, int n) {
        Gate.atMost("a StringBuilder in characters", n, MAX);
    }

    @Guards(value = StringBuilder.class, names = "repeat")
    public static void repeat(StringBuilder b, CharSequence s, int n) {
        Gate.atMost("a StringBuilder in characters", (long) Math.max(0, n) * s.length(), MAX);
    }

    // -- format

    @Replaces(value = String.class, statically = true)
    public static String format(String format, @Nullable Object... args) {
        return formatted(format, args);
    }

    @Replaces(value = String.class, statically = true)
    public static String format(Locale locale, String format, @Nullable Object... args) {
        narrow(format, args);
        return String.format(locale, format, args);
    }

    @Replaces(String.class)
    public static String formatted(String format, @Nullable Object... args) {
        narrow(format, args);
        return String.format(format, args);
    }

    static void narrow(String format, @Nullable Object[] args) {
        for (int i = format.indexOf('%'); i >= 0; i = format.indexOf('%', i + 1)) {
            Gate.check();
            long number = 0;
            while (i + 1 < format.length()
                    && !Character.isLetter(format.charAt(i + 1))
                    && format.charAt(i + 1) != '%') {
                char c = format.charAt(++i);
                number = c >= '0' && c <= '9' ? Math.min(number * 10 + c - '0', 1L << 40) : 0;
                Gate.atMost("a width or precision in a format", number, MAX_WIDTH);
            }
            if (i + 1 < format.length() && format.charAt(i + 1) == '%') {
                i++;
            }
        }
        Walk.over(args);
    }
}
