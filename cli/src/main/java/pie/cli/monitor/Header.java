package pie.cli.monitor;

import org.jspecify.annotations.Nullable;
import pie.cli.tui.Canvas;
import pie.cli.tui.Figures;
import pie.cli.tui.Ink;
import pie.cli.tui.Meter;
import pie.cli.tui.Rect;

/** Draw the lines on top: the server, then for the model its device and pages, then its batch. */
final class Header {
    static final int ROWS = 3;

    private static final int METER = 12;
    private static final int NARROW_METER = 8;
    private static final int NARROW = 100;
    private static final double FULL = 0.9;
    private static final double SILENT_MILLIS = 15_000;

    private Header() {}

    static void draw(Canvas canvas, Rect r, Scene scene) {
        Snapshot s = scene.snapshot();
        server(canvas, r, scene, s);
        Snapshot.Model m = scene.model();
        if (s != null && m != null) {
            model(canvas, r.below(1), s, m);
            batch(canvas, r.below(2), m);
        }
    }

    private static void server(Canvas canvas, Rect r, Scene scene, @Nullable Snapshot s) {
        int at = canvas.put(r.x() + 1, r.y(), "pie", Ink.ACCENT);
        at = canvas.put(at + 1, r.y(), s == null ? "" : s.version(), Ink.DIM) + 1;
        String state = state(scene, s);
        Ink ink = state.equals("live") ? Ink.GOOD : state.equals("paused") ? Ink.ACCENT : Ink.WARN;
        canvas.put(at, r.y(), '●', ink);
        at = canvas.put(at + 2, r.y(), state, ink);
        int right = r.right() - 1;
        canvas.putRight(right, r.y(), scene.clock(), Ink.DIM);
        if (s == null) {
            return;
        }
        Snapshot.Requests q = s.requests();
        double tpot = s.models().stream()
                .mapToDouble(Snapshot.Model::tokenMillis)
                .filter(ms -> !Double.isNaN(ms))
                .max()
                .orElse(Double.NaN);
        new Strip()
                .fact("up", Figures.age(s.uptimeSeconds()), Ink.TEXT)
                .fact("req/s", Figures.si(q.perSecond()))
                .fact("ttft", pair(q.ttft50(), q.ttft95()))
                .fact("tpot", Figures.millis(tpot))
                .fact("done", Figures.count(q.completed()), Ink.TEXT)
                .fact(
                        "failed",
                        Figures.count(q.failed() + q.exhausted()),
                        q.failed() + q.exhausted() > 0 ? Ink.WARN : Ink.TEXT)
                .fact("cancelled", Figures.count(q.cancelled()), Ink.TEXT)
                .fact("queue", Figures.millis(q.queueMillis()), Ink.TEXT)
                .draw(canvas, at + 2, r.y(), right - 9 - at - 2);
    }

    /** Write two latencies with the unit of the second, where it is that of both. */
    static String pair(double first, double second) {
        String a = Figures.millis(first);
        String b = Figures.millis(second);
        int unit = a.lastIndexOf(' ');
        boolean same = unit > 0 && b.endsWith(a.substring(unit)) && !a.contains("m ");
        return (same ? a.substring(0, unit) : a) + "/" + b;
    }

    private static String state(Scene scene, @Nullable Snapshot s) {
        if (!scene.link().isEmpty()) {
            return scene.link();
        }
        if (s == null) {
            return "connecting";
        }
        if (scene.view().paused) {
            return "paused";
        }
        for (Snapshot.Model m : s.models()) {
            if (m.silentMillis() > SILENT_MILLIS) {
                return m.name() + " silent for " + Figures.age(m.silentMillis() / 1e3);
            }
        }
        return s.state().equals("ready") ? "live" : s.state();
    }

    private static void model(Canvas canvas, Rect r, Snapshot s, Snapshot.Model m) {
        int at = r.x() + 1;
        Snapshot.Pages pages = m.pages();
        double share = pages.used() / pages.total();
        String kv =
                Figures.wholePercent(share) + " " + Figures.count(pages.used()) + "/" + Figures.count(pages.total());
        Strip right = new Strip()
                .fact("", kv, Ink.TEXT)
                .fact("busy", Figures.wholePercent(m.util()))
                .fact("cached", Figures.count(pages.cached()), Ink.TEXT);
        if (!Double.isNaN(m.deviceUtil())) {
            right.fact("device", Figures.wholePercent(m.deviceUtil()), Ink.TEXT);
        }
        if (m.memoryTotal() > 0) {
            right.fact("memory", Figures.bytes(m.memoryUsed()), Ink.TEXT, " of " + Figures.bytes(m.memoryTotal()));
        }
        int names = Math.clamp(r.width() - 64, 14, 60);
        String more = s.models().size() > 1 ? "  tab" : "";
        at = canvas.put(at, r.y(), m.name(), Ink.ACCENT, names - more.length());
        at = canvas.put(at, r.y(), more, Ink.DIM);
        String device = m.driver() + " " + m.dtype() + (r.width() >= 110 ? "  " + m.device() : "");
        int room = Math.max(0, r.x() + 1 + names + 12 - at - 2);
        canvas.putCut(at + 2, r.y(), device, Ink.DIM, room);
        at += 2 + Math.min(room, Canvas.cells(device)) + 3;
        at = canvas.put(at, r.y(), "KV ", Ink.DIM);
        int meter = r.width() < NARROW ? NARROW_METER : METER;
        meter(canvas, at, r.y(), meter, pages);
        right.draw(canvas, at + meter + 1, r.y(), r.right() - at - meter - 2);
    }

    /** Draw the pages in use, and in a lighter ink behind them those that are kept for reuse. */
    private static void meter(Canvas canvas, int x, int y, int width, Snapshot.Pages pages) {
        double used = pages.used() / pages.total();
        double kept = (pages.used() + pages.cached()) / pages.total();
        Ink ink = used >= FULL ? Ink.WARN : Ink.ACCENT;
        int inner = width - 2;
        Meter.draw(canvas, x, y, width, used, ink);
        int from = (int) Math.ceil(used * inner);
        for (int i = from; i < Math.round(kept * inner); i++) {
            canvas.put(x + 1 + i, y, '░', Ink.FRAME);
        }
    }

    private static void batch(Canvas canvas, Rect r, Snapshot.Model m) {
        Snapshot.Batch b = m.batch();
        Strip strip = new Strip()
                .fact("batch", Figures.count(b.tokens()), Ink.STRONG, "/" + Figures.count(b.maxTokens()) + " tok")
                .fact("", Figures.count(b.size()), Ink.STRONG, "/" + Figures.count(b.maxSize()) + " seq")
                .fact("peak", Figures.count(b.peakTokens()), Ink.TEXT)
                .fact("prefill", Figures.si(m.prefill()), Ink.STRONG, "/s")
                .fact("decode", Figures.si(m.decode()), Ink.STRONG, "/s")
                .fact("hit", Figures.wholePercent(m.hitRatio()), Ink.TEXT)
                .fact("steps", Figures.si(m.steps()), Ink.TEXT, "/s");
        if (m.draftsProposed() > 0) {
            strip.fact("drafts", Figures.wholePercent(m.draftsAccepted() / m.draftsProposed()), Ink.TEXT);
        }
        strip.fact("contexts", Figures.count(m.contexts()), Ink.TEXT)
                .fact("commands", Figures.count(m.queueDepth()), Ink.TEXT)
                .draw(canvas, r.x() + 1, r.y(), r.width() - 2, 1);
    }
}
