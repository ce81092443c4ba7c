package pie.server.profile;

import java.util.Locale;

/** Write SVG elements; nothing outside the document is needed to show them. */
final class Svg {
    private final StringBuilder out = new StringBuilder();

    /** Write text as it is, with its figures as in English. */
    Svg add(String format, Object... values) {
        out.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
        return this;
    }

    Svg text(double x, double y, String style, String text) {
        return add("<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>", x, y, style, escaped(text));
    }

    Svg rect(double x, double y, double width, double height, String colour, String title) {
        return add(
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"><title>%s</title></rect>",
                x, y, width, height, colour, escaped(title));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Return {@code 12.3 ms}, or seconds from 1 s on. */
    static String time(long nanos) {
        double ms = nanos / 1e6;
        if (ms >= 1000) {
            return String.format(Locale.ROOT, "%.2f s", ms / 1000);
        }
        return String.format(Locale.ROOT, ms >= 100 ? "%.0f ms" : ms >= 1 ? "%.1f ms" : "%.3f ms", ms);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
