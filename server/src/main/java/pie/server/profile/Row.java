package pie.server.profile;

import java.util.HashMap;
import java.util.Map;

/** Draw spans of one lane in order; those too narrow to be seen alone are drawn together, as pale as they are few. */
final class Row {
    private static final double LEAST = 0.7;

    private final Svg out;
    private final double left;
    private final double scale;
    private final long begin;
    private final double y;
    private final double height;
    private final Map<String, double[]> narrow = new HashMap<>();

    /** @param scale pixels of a nanosecond */
    Row(Svg out, double left, double scale, long begin, double y, double height) {
        this.out = out;
        this.left = left;
        this.scale = scale;
        this.begin = begin;
        this.y = y;
        this.height = height;
    }

    void span(String name, String colour, long from, long to, String title) {
        double x = left + (from - begin) * scale;
        double width = (to - from) * scale;
        if (width >= LEAST) {
            out.rect(x, y, width, height, colour, title);
            return;
        }
        double[] open = narrow.computeIfAbsent(colour, c -> new double[] {x, 0, 0});
        if (x - open[0] > 1) {
            flush(colour, name, open);
            open[0] = x;
            open[1] = 0;
            open[2] = 0;
        }
        open[1] += width;
        open[2]++;
    }

    private void flush(String colour, String name, double[] open) {
        if (open[2] > 0) {
            out.add(
                    "<rect x=\"%.2f\" y=\"%.2f\" width=\"1\" height=\"%.2f\" fill=\"%s\" opacity=\"%.2f\"><title>%s</title></rect>",
                    open[0],
                    y,
                    height,
                    colour,
                    Math.clamp(open[1], 0.25, 1),
                    Svg.escaped((int) open[2] + " x " + name));
        }
    }

    /** Draw what is left of the narrow ones. */
    void end() {
        narrow.forEach((colour, open) -> flush(colour, "", open));
        narrow.clear();
    }
}
