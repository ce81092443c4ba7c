package pie.cli.tui;

import java.util.Locale;

/** Write numbers for people: few digits, a unit, the same width for the same kind. What is not known is a dash. */
public final class Figures {
    public static final String UNKNOWN = "–";

    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};

    private Figures() {}

    /** Write a count or rate in at most five characters: {@code 0 7.3 812 2.9k 14k 1.2M}. */
    public static String si(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        double v = Math.abs(value);
        int prefix = 0;
        while (v >= 999.5 && prefix < PREFIXES.length - 1) {
            v /= 1000;
            prefix++;
        }
        String sign = value < 0 ? "-" : "";
        if (v == 0) {
            return "0";
        }
        return sign + (v < 9.95 ? trimmed(v, prefix) : format("%.0f", v)) + PREFIXES[prefix];
    }

    private static String trimmed(double v, int prefix) {
        String text = format("%.1f", v);
        return prefix == 0 && text.endsWith(".0") && v == Math.rint(v) ? text.substring(0, text.length() - 2) : text;
    }

    /** Write a whole number, up to 9999 as it stands. */
    public static String count(double value) {
        return Double.isNaN(value) ? UNKNOWN : value < 9999.5 ? format("%.0f", value) : si(value);
    }

    /** Write a share of 0 to 1: {@code 0% 0.4% 12.1% 100%}. */
    public static String percent(double share) {
        if (Double.isNaN(share)) {
            return UNKNOWN;
        }
        double p = 100 * share;
        return p == 0 || p >= 99.95 ? format("%.0f%%", p) : format("%.1f%%", p);
    }

    /** Write a share of 0 to 1 without decimals. */
    public static String wholePercent(double share) {
        return Double.isNaN(share) ? UNKNOWN : format("%.0f%%", 100 * share);
    }

    /** Write milliseconds: {@code 0.82 ms 8.1 ms 41 ms 190 ms 1.9 s 3m 20s}. */
    public static String millis(double ms) {
        if (Double.isNaN(ms)) {
            return UNKNOWN;
        }
        if (ms < 999.5) {
            return (ms < 0.995 ? format("%.2f", ms) : ms < 9.95 ? format("%.1f", ms) : format("%.0f", ms)) + " ms";
        }
        return ms < 99_950 ? format("%.1f s", ms / 1e3) : format("%.0fm %02.0fs", Math.floor(ms / 60e3), ms / 1e3 % 60);
    }

    /** Write credits in at most five characters: {@code 0 .004 1.25 51.2 640}. */
    public static String credits(double value) {
        if (Double.isNaN(value)) {
            return UNKNOWN;
        }
        double v = Math.abs(value);
        if (v < 0.0005) {
            return v == 0 ? "0" : v < 1e-6 ? "<1µ" : format("%.0fµ", v * 1e6);
        }
        String text = v < 0.9995
                ? format("%.3f", v).substring(1)
                : v < 9.995 ? format("%.2f", v) : v < 99.95 ? format("%.1f", v) : si(v);
        return value < 0 ? "-" + text : text;
    }

    /** Write an age: {@code 00:41 12:05 1:12:33 3d 04h}. */
    public static String age(double seconds) {
        if (Double.isNaN(seconds)) {
            return UNKNOWN;
        }
        long s = (long) Math.max(0, seconds);
        if (s < 3600) {
            return format("%02d:%02d", s / 60, s % 60);
        }
        return s < 86_400
                ? format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
                : format("%dd %02dh", s / 86_400, s / 3600 % 24);
    }

    /** Write an age in at most six characters: {@code 00:41 12:05 1h12m 3d04h}. */
    public static String shortAge(double seconds) {
        if (Double.isNaN(seconds) || seconds < 3600) {
            return age(seconds);
        }
        long s = (long) seconds;
        return s < 86_400 ? format("%dh%02dm", s / 3600, s / 60 % 60) : format("%dd%02dh", s / 86_400, s / 3600 % 24);
    }

    /** Write bytes by powers of 1024: {@code 512 B 98 MB 7.6 GB}. */
    public static String bytes(double bytes) {
        double v = bytes;
        int prefix = 0;
        while (v >= 1023.5 && prefix < PREFIXES.length - 1) {
            v /= 1024;
            prefix++;
        }
        String number = prefix == 0 || v >= 9.95 ? format("%.0f", v) : format("%.1f", v);
        return number + " " + PREFIXES[prefix].toUpperCase(Locale.ROOT) + "B";
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
