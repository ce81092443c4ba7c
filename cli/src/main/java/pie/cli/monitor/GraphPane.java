package pie.cli.monitor;

import java.util.Arrays;
import java.util.List;
import pie.cli.tui.Braille;
import pie.cli.tui.Canvas;
import pie.cli.tui.Figures;
import pie.cli.tui.Ink;
import pie.cli.tui.Meter;
import pie.cli.tui.Rect;

/** Draw one graph in a frame: its value now on the frame, the value of its upper edge in a corner. */
final class GraphPane {
    private GraphPane() {}

    static void draw(Canvas canvas, Rect r, Graph graph, Scene scene) {
        Snapshot.Model model = scene.model();
        double[] series = model == null ? new double[0] : scene.trend().series(model.name(), graph);
        double now = series.length == 0 ? Double.NaN : series[series.length - 1];
        canvas.frame(r, graph.title, graph.text(now), Ink.STRONG);
        Rect inside = r.inside();
        double[] shown = Arrays.copyOfRange(series, Math.max(0, series.length - 2 * inside.width()), series.length);
        double most = graph.most > 0 ? graph.most : largest(shown);
        Braille.draw(canvas, inside, shown, most);
        if (inside.height() > 1 && most > 0) {
            canvas.put(inside.x(), inside.y(), graph.text(most), Ink.DIM);
        }
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v)).max().orElse(0);
    }

    /** Draw how many steps had how many sequences. */
    static void sizes(Canvas canvas, Rect r, Snapshot.Batch batch) {
        canvas.frame(r, "steps by sequences", "", Ink.DIM);
        Rect inside = r.inside();
        List<Double> sizes = batch.sizes();
        double all = sizes.stream().mapToDouble(Double::doubleValue).sum();
        int last = sizes.size();
        while (last > 1 && sizes.get(last - 1) == 0) {
            last--;
        }
        for (int i = 0; i < Math.min(last, inside.height()); i++) {
            int from = 1 << i;
            String label = i == 0 ? "1" : from + "–" + (2 * from - 1);
            int y = inside.y() + i;
            double share = all == 0 ? 0 : sizes.get(i) / all;
            canvas.putRight(inside.x() + 10, y, label, Ink.DIM);
            Meter.bar(canvas, inside.x() + 11, y, inside.width() - 18, share, Ink.GRAPH_MID);
            canvas.putRight(inside.right() - 1, y, Figures.percent(share), Ink.TEXT);
        }
    }
}
