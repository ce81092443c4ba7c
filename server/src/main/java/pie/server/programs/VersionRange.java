package pie.server.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Say which versions are meant: {@code 1.2.3}, {@code ^1.2}, {@code ~1.2.3}, {@code >=1 <3}, {@code 1.x}, {@code *} and
 * {@code latest}; a space is and, {@code ||} is or. A part that is left out is any.
 */
final class VersionRange {
    private static final Pattern TERM = Pattern.compile(
            "(\\^|~|>=|<=|>|<|=)?\\s*(\\d{1,9}|[x*])(?:\\.(\\d{1,9}|[x*]))?" + "(?:\\.(\\d{1,9}|[x*]))?");
    private static final Pattern AND = Pattern.compile("(?<![\\^~<>=])\\s+");

    private final Predicate<Version> rule;

    private VersionRange(Predicate<Version> rule) {
        this.rule = rule;
    }

    boolean contains(Version version) {
        return rule.test(version);
    }

    /** Read a range; empty for what is none. */
    static Optional<VersionRange> of(String text) {
        if (text.equals("latest")) {
            return Optional.of(new VersionRange(v -> true));
        }
        Predicate<Version> any = v -> false;
        for (String alternative : text.split("\\|\\|", -1)) {
            Predicate<Version> all = v -> true;
            for (String term : AND.split(alternative.strip(), -1)) {
                Optional<Predicate<Version>> one = term(term);
                if (one.isEmpty()) {
                    return Optional.empty();
                }
                all = all.and(one.get());
            }
            any = any.or(all);
        }
        return Optional.of(new VersionRange(any));
    }

    private static Optional<Predicate<Version>> term(String text) {
        Matcher m = TERM.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        List<Integer> parts = new ArrayList<>();
        for (int group = 2; group <= 4; group++) {
            String part = m.group(group);
            if (part == null || part.equals("x") || part.equals("*")) {
                break;
            }
            parts.add(Integer.valueOf(part));
        }
        Version low = at(parts);
        String sign = m.group(1) == null ? "=" : m.group(1);
        return Optional.of(
                switch (sign) {
                    case "^" -> between(low, above(parts, caret(parts)));
                    case "~" -> between(low, above(parts, Math.min(parts.size(), 2)));
                    case ">=" -> v -> v.compareTo(low) >= 0;
                    case "<" -> v -> v.compareTo(low) < 0;
                    case ">" -> v -> v.compareTo(above(parts, parts.size())) >= 0;
                    case "<=" -> v -> v.compareTo(above(parts, parts.size())) < 0;
                    default -> between(low, above(parts, parts.size()));
                });
    }

    private static Predicate<Version> between(Version low, Version end) {
        return v -> v.compareTo(low) >= 0 && v.compareTo(end) < 0;
    }

    /** Return how many parts a caret keeps: up to the first that is not 0. */
    private static int caret(List<Integer> parts) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) != 0) {
                return i + 1;
            }
        }
        return parts.size();
    }

    /** Return the first version that differs from all with the same first {@code kept} parts and is above them. */
    private static Version above(List<Integer> parts, int kept) {
        if (kept == 0) {
            return new Version(Integer.MAX_VALUE, 0, 0);
        }
        var end = new ArrayList<>(parts.subList(0, kept));
        end.set(kept - 1, end.get(kept - 1) + 1);
        return at(end);
    }

    private static Version at(List<Integer> parts) {
        return new Version(
                !parts.isEmpty() ? parts.get(0) : 0,
                parts.size() > 1 ? parts.get(1) : 0,
                parts.size() > 2 ? parts.get(2) : 0);
    }
}
