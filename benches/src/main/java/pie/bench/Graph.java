package pie.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draw the distributions of results as one SVG: the share of requests that were at most so slow. */
final class Graph {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int LEFT = 56;
    private static final int BOTTOM = 44;
    private static final int TOP = 34;
    private static final int RIGHT = 150;
    private static final String[] COLOURS = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"};

    private Graph() {}

    /** @param key of each request, in seconds, or a list of seconds: {@code ttft_s}, {@code itl_s} */
    static String distribution(String title, List<Result> results, String key) {
        Map<String, double[]> series = new LinkedHashMap<>();
        for (Result r : results) {
            double[] values = r.requests()
                    .valueStream()
                    .map(q -> q.path(key))
                    .flatMapToDouble(v -> v.isArray()
                            ? v.valueStream().mapToDouble(x -> x.asDouble())
                            : v.isNumber() ? Arrays.stream(new double[] {v.asDouble()}) : Arrays.stream(new double[0]))
                    .map(s -> s * 1000)
                    .sorted()
                    .toArray();
            if (values.length > 0) {
                series.put(r.name(), values);
            }
        }
        return draw(title, series);
    }

    private static String draw(String title, Map<String, double[]> series) {
        double most = series.values().stream()
                .mapToDouble(v -> v[(int) Math.ceil(0.995 * (v.length - 1))])
                .max()
                .orElse(1);
        most = most > 0 ? most : 1;
        var svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<text x=\"%d\" y=\"20\" font-weight=\"bold\">%s</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                escaped(title)));
        for (int i = 0; i <= 4; i++) {
            double y = y(i / 4.0);
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>%n",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    y + 4,
                    25 * i));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(most * i / 4, most),
                    HEIGHT - BOTTOM + 18,
                    Comparison.number(most * i / 4)));
        }
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">milliseconds</text>%n", LEFT, HEIGHT - 8));
        int n = 0;
        for (Map.Entry<String, double[]> each : series.entrySet()) {
            String colour = COLOURS[n % COLOURS.length];
            svg.append(line(each.getValue(), most, colour));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
                    WIDTH - RIGHT + 10,
                    TOP + 14 + 16 * n++,
                    colour,
                    escaped(each.getKey())));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String line(double[] sorted, double most, String colour) {
        var path = new StringBuilder();
        int step = Math.max(1, sorted.length / 400);
        for (int i = 0; i < sorted.length; i += step) {
            path.append(String.format(
                    Locale.ROOT,
                    "%s%.1f %.1f",
                    path.isEmpty() ? "M" : "L",
                    x(Math.min(sorted[i], most), most),
                    y((i + 1.0) / sorted.length)));
        }
        return String.format(
                Locale.ROOT, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n", path, colour);
    }

    private static double x(double value, double most) {
        return LEFT + (WIDTH - RIGHT - LEFT) * value / most;
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share;
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
