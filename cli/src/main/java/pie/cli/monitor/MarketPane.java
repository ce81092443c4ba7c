package pie.cli.monitor;

import java.util.List;
import pie.cli.tui.Canvas;
import pie.cli.tui.Figures;
import pie.cli.tui.Ink;
import pie.cli.tui.Rect;

/** Draw what a page costs, who waits for some, and who last lost pages to whom. */
final class MarketPane {
    private MarketPane() {}

    static void draw(Canvas canvas, Rect r, Scene scene) {
        Snapshot.Model model = scene.model();
        if (model == null) {
            canvas.frame(r, "market", "", Ink.MARKET);
            return;
        }
        Snapshot.Market m = model.market();
        boolean wide = r.width() >= 34;
        canvas.frame(r, "market", "price " + Figures.credits(m.price()), m.price() > 0 ? Ink.MARKET : Ink.TEXT);
        Rect in = r.inside();
        int x = in.x() + 1;
        int room = in.width() - 2;
        new Strip()
                .fact("1 min", Figures.credits(m.meanPrice()), Ink.TEXT)
                .fact(wide ? "dividend" : "div", Figures.credits(m.dividend()), Ink.TEXT, wide ? " a step" : "")
                .draw(canvas, x, in.y(), room);
        new Strip()
                .fact(
                        "waiting",
                        Figures.count(m.waiters()),
                        m.waiters() > 0 ? Ink.WARN : Ink.TEXT,
                        wide ? " contexts" : "")
                .draw(canvas, x, in.y() + 1, room);
        new Strip()
                .fact("lost", Figures.si(m.displacementsPerMinute()), Ink.TEXT, "/min")
                .fact("back", Figures.si(m.restoresPerMinute()), Ink.TEXT, "/min")
                .draw(canvas, x, in.y() + 2, room);
        if (in.height() > 4) {
            recent(canvas, new Rect(x, in.y() + 4, room, in.height() - 4), m.recent());
        }
    }

    private static void recent(Canvas canvas, Rect r, List<Snapshot.Displacement> recent) {
        if (recent.isEmpty()) {
            canvas.put(r.x(), r.y(), "nobody has lost pages", Ink.DIM, r.width());
            return;
        }
        for (int i = 0; i < Math.min(r.height(), recent.size()); i++) {
            Snapshot.Displacement d = recent.get(recent.size() - 1 - i);
            int y = r.y() + i;
            int at = canvas.put(r.x(), y, name(d.victim()), Ink.TEXT, r.width());
            at = canvas.put(at, y, " ◂ ", Ink.MARKET);
            at = canvas.put(at, y, name(d.winner()), Ink.TEXT, r.right() - at);
            String rest = Figures.credits(d.victimBid()) + "<" + Figures.credits(d.winnerBid()) + "  "
                    + Figures.count(d.pages()) + " pg";
            if (r.right() - at > Canvas.cells(rest) + 1) {
                canvas.putRight(r.right(), y, rest, Ink.DIM);
            }
        }
    }

    private static String name(String id) {
        return id.isEmpty() ? "–" : id.length() == 36 ? id.substring(0, 8) : id;
    }
}
