package pie.server.profile;

import java.util.List;
import java.util.Map;
import pie.engine.process.InferletProcess;
import pie.engine.trace.Place;
import pie.engine.trace.Timeline;

/** Write a profile as one page: advice, shares, lanes, flame graph, tables. */
final class Page {
    private static final int MOST_ROWS = 20;
    private static final String STYLE = """
            body{font:14px/1.5 system-ui,sans-serif;margin:32px auto;padding:0 16px;max-width:1220px;color:#222;background:#fff}
            h1{font-size:20px;margin:0}h2{font-size:15px;margin:28px 0 8px;font-weight:600}p{margin:4px 0;opacity:.75}
            table{border-collapse:collapse}td,th{padding:2px 20px 2px 0;text-align:left;font-weight:400}th{opacity:.6}
            .n{text-align:right;font-variant-numeric:tabular-nums}svg{display:block;width:100%;height:auto}svg text{font:11px system-ui,sans-serif}
            rect:hover{filter:brightness(1.12)}.a{border-left:4px solid #c95f5f;padding:6px 14px;margin:10px 0;background:#faf3f3}
            code{font:13px ui-monospace,monospace}.k{display:inline-block;width:11px;height:11px;margin-right:7px;vertical-align:-1px}
            @media(prefers-color-scheme:dark){body{color:#d6dae2;background:#15181e}.a{background:#261d1f}}
            """;

    private final InferletProcess process;
    private final Timeline timeline;
    private final Lanes lanes;
    private final Summary summary;
    private final Svg out = new Svg();

    Page(InferletProcess process, Timeline timeline, Lanes lanes) {
        this.process = process;
        this.timeline = timeline;
        this.lanes = lanes;
        summary = new Summary(process, timeline, lanes);
    }

    String html() {
        Drawing drawing = Drawing.of(process, timeline, lanes);
        FlameTree tree = FlameTree.of(timeline.samples());
        String name = Svg.escaped(process.program());
        out.add("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>")
                .add(name);
        out.add("</title><style>").add(STYLE).add("</style>\n<h1>").add(name).add("</h1><p>");
        out.add(Svg.escaped(Svg.time(lanes.wall()) + " · " + process.state().word() + " · " + process.language() + " · "
                + process.model() + " · " + process.id()));
        out.add("</p>\n");
        summary.advice().forEach(this::advice);
        heading("Where the time went");
        open(18);
        drawing.shares(out, 0, 18);
        out.add("</svg>\n");
        parts();
        heading("Over time");
        open(drawing.lanesHeight());
        drawing.lanes(out);
        out.add("</svg>\n");
        heading(drawing.flameTitle(tree));
        open(drawing.flameHeight(tree));
        drawing.flame(out, tree);
        out.add("</svg>\n");
        tables();
        return out.add("</html>\n").toString();
    }

    private void heading(String text) {
        out.add("<h2>").add(Svg.escaped(text)).add("</h2>\n");
    }

    private void open(int height) {
        out.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">", Drawing.WIDTH, height);
    }

    private void advice(Advice advice) {
        out.add("<div class=\"a\"><b>").add(Svg.escaped(advice.pattern())).add("</b>");
        if (advice.place().known()) {
            out.add(" in <code>").add(Svg.escaped(advice.place().at())).add("</code>");
        }
        out.add(": it ").add(Svg.escaped(advice.what())).add(".<br>Instead: ");
        out.add(Svg.escaped(advice.instead())).add(".</div>\n");
    }

    private void parts() {
        table("part", "", "time", "share");
        for (Part part : Part.values()) {
            long all = lanes.total(part);
            if (all == 0) {
                continue;
            }
            List<Map.Entry<String, Long>> names = Summary.sorted(lanes.totals().getOrDefault(part, Map.of()));
            boolean single = part == Part.GUEST || part == Part.CALLS || names.size() == 1;
            row(
                    part.word(),
                    single && part != Part.CALLS ? names.getFirst().getKey() : "",
                    all,
                    Colours.of(part.word()));
            if (!single) {
                names.forEach(n -> row("", n.getKey(), n.getValue(), Colours.of(n.getKey())));
            }
        }
        out.add("</table>\n");
    }

    private void row(String part, String name, long nanos, String colour) {
        String key = "<span class=\"k\" style=\"background:" + colour + "\"></span>";
        out.add("<tr><td>")
                .add(part.isEmpty() ? "" : key)
                .add(Svg.escaped(part))
                .add("</td><td>");
        out.add(name.isEmpty() || !part.isEmpty() ? "" : key)
                .add(Svg.escaped(name))
                .add("</td>");
        number(Svg.time(nanos));
        number(Svg.percent((double) nanos / lanes.wall()));
        out.add("</tr>\n");
    }

    private void tables() {
        heading("Waited for, by the line that asked");
        table("line", "function", "what", "count", "time");
        for (Summary.Operations o : first(Summary.operations(timeline))) {
            place(o.place());
            out.add("<td>").add(Svg.escaped(o.name())).add("</td>");
            number(Integer.toString(o.count()));
            number(Svg.time(o.nanos()));
            out.add("</tr>\n");
        }
        out.add("</table>\n");
        heading("Own code, by line");
        table("line", "function", "time");
        for (Map.Entry<Place, Long> line : first(Summary.lines(timeline))) {
            place(line.getKey());
            number(Svg.time(line.getValue()));
            out.add("</tr>\n");
        }
        out.add("</table>\n");
        heading("Steps");
        table("kind", "count", "time", "own share (estimate)", "tokens", "of the batches");
        for (Summary.Steps s : Summary.steps(timeline)) {
            out.add("<tr><td>").add(s.kind()).add("</td>");
            number(Integer.toString(s.count()));
            number(Svg.time(s.nanos()));
            number(Svg.time(s.shareNanos()));
            number(Long.toString(s.tokens()));
            number(Svg.percent((double) s.tokens() / Math.max(1, s.batchTokens())));
            out.add("</tr>\n");
        }
        out.add("</table>\n");
        calls();
    }

    private void calls() {
        heading("Host calls");
        table("call", "count", "time");
        for (Map.Entry<String, long[]> call : first(Summary.calls(timeline))) {
            out.add("<tr><td>").add(Svg.escaped(call.getKey())).add("</td>");
            number(Long.toString(call.getValue()[0]));
            number(Svg.time(call.getValue()[1]));
            out.add("</tr>\n");
        }
        out.add("</table>\n");
    }

    private static <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(all.size(), MOST_ROWS));
    }

    private void table(String... names) {
        out.add("<table><tr>");
        for (String name : names) {
            boolean number = List.of("count", "time", "share", "own share (estimate)", "tokens", "of the batches")
                    .contains(name);
            out.add(number ? "<th class=\"n\">" : "<th>").add(name).add("</th>");
        }
        out.add("</tr>\n");
    }

    private void place(Place place) {
        out.add("<tr><td><code>").add(Svg.escaped(place.at())).add("</code></td><td><code>");
        out.add(Svg.escaped(place.function())).add("</code></td>");
    }

    private void number(String text) {
        out.add("<td class=\"n\">").add(text).add("</td>");
    }
}
