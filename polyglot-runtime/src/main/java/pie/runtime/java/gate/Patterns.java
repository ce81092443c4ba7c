package pie.runtime.java.gate;

import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Match regular expressions over text that checks at each character: backtracking has no other place to stop it. */
public final class Patterns {
    private Patterns() {}

    private record Polled(CharSequence text) implements CharSequence {
        @Override
        public char charAt(int i) {
            Gate.check();
            return text.charAt(i);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return new Polled(text.subSequence(from, to));
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static Matcher over(String regex, CharSequence text) {
        return Pattern.compile(regex).matcher(new Polled(text));
    }

    /** Canonical equivalence makes a pattern of all permutations of marks. */
    @Guards(value = Pattern.class, names = "compile", statically = true)
    public static void compile(String regex, int flags) {
        if ((flags & Pattern.CANON_EQ) != 0) {
            throw new pie.engine.PieException(
                    pie.engine.ErrorCode.UNSUPPORTED,
                    "flags: Pattern.CANON_EQ is not offered, normalise the text instead");
        }
    }

    @Replaces(Pattern.class)
    public static Matcher matcher(Pattern p, CharSequence text) {
        return p.matcher(new Polled(text));
    }

    @Replaces(value = Pattern.class, name = "matches", statically = true)
    public static boolean matchesAll(String regex, CharSequence text) {
        return over(regex, text).matches();
    }

    @Replaces(Pattern.class)
    public static String[] split(Pattern p, CharSequence text) {
        return p.split(new Polled(text));
    }

    @Replaces(Pattern.class)
    public static String[] split(Pattern p, CharSequence text, int limit) {
        return p.split(new Polled(text), limit);
    }

    @Replaces(Pattern.class)
    public static String[] splitWithDelimiters(Pattern p, CharSequence text, int limit) {
        return p.splitWithDelimiters(new Polled(text), limit);
    }

    @Replaces(Matcher.class)
    public static Matcher reset(Matcher m, CharSequence text) {
        return m.reset(new Polled(text));
    }

    @Replaces(Matcher.class)
    public static String replaceAll(Matcher m, String by) {
        m.reset();
        var b = new StringBuilder();
        while (m.find()) {
            m.appendReplacement(b, by);
            Texts.tame(b);
        }
        return m.appendTail(b).toString();
    }

    @Replaces(Matcher.class)
    public static String replaceAll(Matcher m, Function<MatchResult, String> by) {
        m.reset();
        var b = new StringBuilder();
        while (m.find()) {
            m.appendReplacement(b, by.apply(m.toMatchResult()));
            Texts.tame(b);
        }
        return m.appendTail(b).toString();
    }

    @Replaces(String.class)
    public static boolean matches(String s, String regex) {
        return over(regex, s).matches();
    }

    @Replaces(String.class)
    public static String replaceAll(String s, String regex, String by) {
        return replaceAll(over(regex, s), by);
    }

    @Replaces(String.class)
    public static String replaceFirst(String s, String regex, String by) {
        return over(regex, s).replaceFirst(by);
    }

    @Replaces(String.class)
    public static String[] split(String s, String regex) {
        return split(s, regex, 0);
    }

    @Replaces(String.class)
    public static String[] split(String s, String regex, int limit) {
        if (regex.length() == 1) {
            return s.split(regex, limit);
        }
        return Pattern.compile(regex).split(new Polled(s), limit);
    }

    @Replaces(String.class)
    public static String[] splitWithDelimiters(String s, String regex, int limit) {
        return Pattern.compile(regex).splitWithDelimiters(new Polled(s), limit);
    }
}
