package pie.cli.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.cli.tui.Canvas;
import pie.cli.tui.Figures;
import pie.cli.tui.Ink;
import pie.cli.tui.Meter;
import pie.cli.tui.Rect;
import tools.jackson.databind.JsonNode;

/** Draw one program: where its time goes, what it used, why it waits, what it says. */
final class DetailPane {
    private static final int WIDE = 110;
    private static final int FACTS = 10;

    private DetailPane() {}

    static void draw(Canvas canvas, Rect r, Scene scene) {
        Detail detail = scene.detail();
        if (detail == null) {
            return;
        }
        JsonNode p = detail.process();
        Snapshot.@Nullable Program live = live(scene, detail.id());
        title(canvas, r, p, live, detail.id());
        Rect body = r.below(1);
        boolean wide = r.width() >= WIDE;
        int side = wide ? Math.clamp(r.width() * 2L / 5, 50, 70) : r.width();
        int top = Math.min(FACTS + 2, wide ? body.height() / 2 : Math.max(7, body.height() - 9));
        if (wide) {
            Rect left = body.left(side);
            time(canvas, left.top(top), p);
            facts(canvas, left.below(top).top(FACTS + 2), p, live);
            why(canvas, left.below(top + FACTS + 2), detail.why());
            output(canvas, body.rightOf(side), detail, scene.view());
        } else {
            int half = r.width() / 2;
            time(canvas, body.top(top).left(half), p);
            facts(canvas, body.top(top).rightOf(half), p, live);
            canvas.putCut(r.x() + 1, body.y() + top, detail.why(), Ink.DIM, r.width() - 2);
            output(canvas, body.below(top + 1), detail, scene.view());
        }
    }

    private static Snapshot.@Nullable Program live(Scene scene, String id) {
        Snapshot s = scene.snapshot();
        return s == null
                ? null
                : s.programs().stream()
                        .filter(p -> p.id().equals(id))
                        .findFirst()
                        .orElse(null);
    }

    private static void title(Canvas canvas, Rect r, JsonNode p, Snapshot.@Nullable Program live, String id) {
        String state = live == null ? p.path("state").asString("…") : live.state();
        String place = live == null ? state : live.place();
        int at = canvas.put(r.x() + 1, r.y(), p.path("program").asString(""), Ink.STRONG);
        at = canvas.put(at + 2, r.y(), r.width() >= WIDE ? id : id.substring(0, Math.min(8, id.length())), Ink.DIM);
        Ink ink = ended(state, ProgramTable.place(place));
        at = canvas.put(at + 2, r.y(), "● ", ink);
        canvas.put(at, r.y(), state.equals("running") ? "running, " + place : state, ink);
        canvas.putRight(
                r.right() - 1,
                r.y(),
                p.path("language").asString("") + "  " + p.path("owner").asString(""),
                Ink.DIM);
    }

    private static Ink ended(String state, Ink live) {
        return switch (state) {
            case "completed" -> Ink.GOOD;
            case "failed", "exhausted" -> Ink.BAD;
            case "cancelled" -> Ink.WARN;
            default -> live;
        };
    }

    private static void time(Canvas canvas, Rect r, JsonNode p) {
        JsonNode stats = p.path("stats");
        double elapsed = stats.path("elapsed_ms").asDouble(0);
        canvas.frame(r, "where its time goes", p.isMissingNode() ? "" : Figures.age(elapsed / 1e3), Ink.STRONG);
        Rect in = r.inside();
        List<Map.Entry<String, JsonNode>> waits =
                new ArrayList<>(stats.path("waits_ms").properties());
        waits.removeIf(e -> e.getValue().asDouble() < 0.0005 * elapsed);
        waits.sort(Comparator.comparingDouble(
                        (Map.Entry<String, JsonNode> e) -> e.getValue().asDouble())
                .reversed());
        for (int i = 0; i < Math.min(in.height(), waits.size()); i++) {
            String word = waits.get(i).getKey();
            double millis = waits.get(i).getValue().asDouble();
            int y = in.y() + i;
            canvas.put(in.x() + 1, y, word, ProgramTable.place(word), 10);
            int bar = Math.max(0, in.width() - 29);
            Meter.bar(canvas, in.x() + 12, y, bar, elapsed == 0 ? 0 : millis / elapsed, Ink.GRAPH_MID);
            canvas.putRight(in.right() - 9, y, Figures.percent(millis / elapsed), Ink.TEXT);
            canvas.putRight(in.right() - 1, y, Figures.millis(millis), Ink.DIM);
        }
    }

    private static void facts(Canvas canvas, Rect r, JsonNode p, Snapshot.@Nullable Program live) {
        canvas.frame(r, "what it uses", "", Ink.DIM);
        Rect in = r.inside();
        JsonNode stats = p.path("stats");
        JsonNode tokens = stats.path("tokens");
        JsonNode market = stats.path("market");
        double share = live == null ? Double.NaN : live.share();
        double rate = live == null ? Double.NaN : live.rate();
        Strip[] lines = {
            new Strip()
                    .fact("tok/s", Figures.si(rate))
                    .fact("share", Figures.percent(share))
                    .fact("passes", Figures.count(number(stats, "forward_passes")), Ink.TEXT),
            new Strip()
                    .fact("prefill", Figures.count(number(tokens, "prefill")), Ink.TEXT)
                    .fact("decode", Figures.count(number(tokens, "decode")), Ink.TEXT)
                    .fact("hit", Figures.count(number(tokens, "cached")), Ink.TEXT),
            new Strip()
                    .fact("again", Figures.count(number(tokens, "recomputed")), Ink.TEXT)
                    .fact(
                            "drafts",
                            Figures.count(number(tokens, "draft_accepted")),
                            Ink.TEXT,
                            "/" + Figures.count(number(tokens, "draft_proposed"))),
            new Strip()
                    .fact("ttft", Figures.millis(number(stats, "ttft_ms")), Ink.TEXT)
                    .fact("tpot", Figures.millis(number(stats, "mean_tpot_ms")), Ink.TEXT),
            new Strip()
                    .fact("device", Figures.millis(number(stats, "device_ms")), Ink.TEXT)
                    .fact("guest cpu", Figures.millis(number(stats, "guest_cpu_ms")), Ink.TEXT),
            new Strip()
                    .fact(
                            "pages",
                            Figures.count(number(stats.path("pages"), "effective")),
                            Ink.TEXT,
                            " of at most " + Figures.count(number(stats, "pages_peak")))
                    .fact("contexts", Figures.count(number(stats, "contexts")), Ink.TEXT),
            new Strip()
                    .fact("bid", Figures.credits(number(market, "bid")), Ink.MARKET)
                    .fact("price", Figures.credits(number(market, "price")), Ink.TEXT)
                    .fact("balance", Figures.credits(number(market, "balance")), Ink.TEXT),
            new Strip()
                    .fact("rent", Figures.credits(number(market, "rent_paid")), Ink.TEXT)
                    .fact("made", Figures.credits(number(market, "make_cost")), Ink.TEXT)
                    .fact("paid back", Figures.credits(number(market, "dividends")), Ink.TEXT),
            new Strip()
                    .fact("lost pages", Figures.count(number(market, "displacements")), Ink.TEXT, " times")
                    .fact("back", Figures.count(number(market, "restores")), Ink.TEXT),
            budget(p.path("budget"))
        };
        for (int i = 0; i < Math.min(in.height(), lines.length); i++) {
            lines[i].draw(canvas, in.x() + 1, in.y() + i, in.width() - 2);
        }
    }

    private static Strip budget(JsonNode budget) {
        var strip = new Strip();
        for (Map.Entry<String, JsonNode> e : budget.properties()) {
            double limit = number(e.getValue(), "limit");
            if (!Double.isNaN(limit)) {
                strip.fact(
                        e.getKey() + " left",
                        Figures.count(Math.max(0, limit - number(e.getValue(), "used"))),
                        Ink.TEXT,
                        " of " + Figures.count(limit));
            }
        }
        return strip;
    }

    private static double number(JsonNode json, String key) {
        JsonNode value = json.path(key);
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }

    private static void why(Canvas canvas, Rect r, String text) {
        if (r.height() < 3) {
            return;
        }
        canvas.frame(r, "why", "", Ink.DIM);
        Rect in = r.inside();
        int y = in.y();
        var line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() + 1 > in.width() - 2 && y < in.bottom()) {
                canvas.put(in.x() + 1, y++, line.toString(), Ink.TEXT, in.width() - 2);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        if (y < in.bottom()) {
            canvas.put(in.x() + 1, y, line.toString(), Ink.TEXT, in.width() - 2);
        }
    }

    private static void output(Canvas canvas, Rect r, Detail detail, View view) {
        canvas.frame(r, "what it says", view.offset > 0 ? view.offset + " lines back" : "", Ink.ACCENT);
        Rect in = r.inside();
        int y = in.y();
        for (Transcript.Line line : detail.transcript().tail(in.width() - 2, in.height(), view.wraps, view.offset)) {
            canvas.putCut(in.x() + 1, y++, line.text(), line.ink(), in.width() - 2);
        }
    }
}
