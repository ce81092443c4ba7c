package pie.cli.monitor;

import java.util.List;
import pie.cli.tui.Canvas;
import pie.cli.tui.Figures;
import pie.cli.tui.Ink;
import pie.cli.tui.Rect;

/**
 * Lay a scene out on a screen of any size.
 *
 * <pre>
 * 80 x 24                      from 110 x 30
 * ┌ server, model, batch ┐     ┌ server, model, batch ──────┐
 * │ graph  graph  market │     │ programs          │ graph  │
 * │ programs             │     │                   │ graph  │
 * │ reading              │     │                   │ market │
 * └ keys ────────────────┘     └ reading, keys ────┴────────┘
 * </pre>
 */
final class Frame {
    private static final int SIDE_FROM = 110;
    private static final int TALL = 30;
    private static final int PANES = 5;
    private static final int GRAPH_LEAST = 5;

    private Frame() {}

    static Canvas draw(Scene scene, int width, int height) {
        var canvas = new Canvas(width, height);
        Rect all = canvas.bounds();
        if (width < 40 || height < 10) {
            line(canvas, scene);
            return canvas;
        }
        Header.draw(canvas, all.top(Header.ROWS), scene);
        Footer.draw(canvas, all.below(height - 1), scene);
        Rect body = new Rect(0, Header.ROWS, width, height - Header.ROWS - 1);
        View.Mode mode = scene.view().mode;
        switch (mode == View.Mode.KILL || mode == View.Mode.HELP ? scene.view().behind : mode) {
            case DETAIL -> DetailPane.draw(canvas, body, scene);
            case MARKET -> MarketPane.draw(canvas, body, scene);
            case LOG -> TextPanes.log(canvas, body, scene.log(), scene.view().offset);
            default -> overview(canvas, body, scene);
        }
        if (mode == View.Mode.HELP) {
            TextPanes.help(canvas, body);
        }
        return canvas;
    }

    private static void overview(Canvas canvas, Rect body, Scene scene) {
        Rect rest = body;
        boolean beside = body.width() >= SIDE_FROM && body.height() >= TALL - Header.ROWS - 1;
        if (beside) {
            int side = Math.max(40, body.width() / 3);
            side(canvas, body.rightOf(body.width() - side), scene);
            rest = body.left(body.width() - side);
        } else if (body.height() >= 16) {
            panes(canvas, body.top(PANES), scene);
            rest = body.below(PANES);
        }
        Rect reading = rest.below(rest.height() - 1);
        ProgramTable.draw(canvas, rest.top(rest.height() - 1), scene);
        int rows = rest.height() - 2;
        if (scene.programs().size() > rows) {
            String all = "▼ " + rows + " of " + scene.programs().size();
            canvas.putRight(reading.right() - 1, reading.y(), all, Ink.DIM);
            reading = reading.left(reading.width() - Canvas.cells(all) - 2);
        }
        census(canvas, reading, scene);
    }

    /** Draw graphs and market one below the other. */
    private static void side(Canvas canvas, Rect r, Scene scene) {
        Snapshot.Model model = scene.model();
        boolean sizes = r.height() >= 42 && model != null;
        int market = sizes ? 13 : Math.clamp(r.height() / 3L, 7, 11);
        int histogram = sizes ? 9 : 0;
        int graphs = Math.clamp((r.height() - market - histogram) / GRAPH_LEAST, 1, 4);
        int y = r.y();
        int left = r.height() - market - histogram;
        for (int i = 0; i < graphs; i++) {
            int rows = left / (graphs - i);
            GraphPane.draw(canvas, new Rect(r.x(), y, r.width(), rows), graph(scene, i), scene);
            y += rows;
            left -= rows;
        }
        if (sizes && model != null) {
            GraphPane.sizes(canvas, new Rect(r.x(), y, r.width(), histogram), model.batch());
            y += histogram;
        }
        MarketPane.draw(canvas, new Rect(r.x(), y, r.width(), r.bottom() - y), scene);
    }

    /** Draw two graphs and the market side by side. */
    private static void panes(Canvas canvas, Rect r, Scene scene) {
        int third = r.width() / 3;
        GraphPane.draw(canvas, new Rect(r.x(), r.y(), third, r.height()), graph(scene, 0), scene);
        GraphPane.draw(canvas, new Rect(r.x() + third, r.y(), third, r.height()), graph(scene, 1), scene);
        MarketPane.draw(canvas, r.rightOf(2 * third), scene);
    }

    private static Graph graph(Scene scene, int place) {
        Graph[] all = Graph.values();
        return all[Math.floorMod(scene.view().graph + place, all.length)];
    }

    /** Draw how many programs there are, and what the numbers come to. */
    private static void census(Canvas canvas, Rect r, Scene scene) {
        Snapshot s = scene.snapshot();
        Snapshot.Model model = scene.model();
        if (s == null) {
            return;
        }
        List<String> readings =
                model == null ? List.of() : Reading.of(s, model, scene.trend().series(model.name(), Graph.TPOT_MS));
        int x = r.x() + 1;
        if (!readings.isEmpty()) {
            int at = canvas.put(x, r.y(), "▸ ", Ink.WARN);
            canvas.putCut(at, r.y(), readings.getFirst(), Ink.WARN, r.right() - at - 1);
            return;
        }
        Snapshot.Requests q = s.requests();
        var strip = new Strip()
                .fact("running", Figures.count(q.running()), Ink.TEXT)
                .fact("queued", Figures.count(q.waiting()), q.waiting() > 0 ? Ink.WARN : Ink.TEXT)
                .fact("displaced", Figures.count(q.suspended()), q.suspended() > 0 ? Ink.WARN : Ink.TEXT);
        if (!scene.view().filter.isEmpty()) {
            strip.fact("filter", scene.view().filter.text(), Ink.ACCENT);
        }
        strip.draw(canvas, x, r.y(), r.width() - 2);
    }

    /** Say what fits on one line. */
    private static void line(Canvas canvas, Scene scene) {
        Snapshot s = scene.snapshot();
        canvas.putCut(0, 0, s == null ? "pie: connecting" : PlainLine.of(s, scene.clock()), Ink.TEXT, canvas.width());
    }
}
