package pie.bench;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Write a report as one file: table, graphs, settings and environment. */
final class HtmlPage {
    private HtmlPage() {}

    static String of(List<Result> results, String baseline) {
        var comparison = new Comparison(results, baseline);
        var out = new StringBuilder("""
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><title>pie bench</title>
                <style>
                body { font: 15px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
                td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd } td:first-child { text-align: left }
                svg { width: 40rem; max-width: 100% } pre { overflow: auto; background: #f5f5f5; padding: 1rem }
                </style>
                <h1>pie bench</h1>
                """);
        comparison
                .warnings()
                .forEach(w -> out.append("<p><strong>Beware:</strong> ")
                        .append(Graph.escaped(w))
                        .append("</p>\n"));
        out.append("<table>\n");
        comparison.cells().forEach(line -> {
            out.append("<tr>");
            line.forEach(cell -> out.append("<td>").append(Graph.escaped(cell)).append("</td>"));
            out.append("</tr>\n");
        });
        out.append("</table>\n");
        out.append(Graph.distribution("Time to first token", results, "ttft_s"));
        out.append(Graph.distribution("Time between chunks", results, "itl_s"));
        out.append(Graph.distribution("Whole request", results, "latency_s"));
        for (Result r : results) {
            out.append("<h2>").append(Graph.escaped(r.name())).append("</h2>\n<pre>");
            out.append(Graph.escaped(pretty(r.summary().path("config")) + "\n" + pretty(r.env())));
            out.append("</pre>\n");
        }
        return out.append("</html>\n").toString();
    }

    private static String pretty(tools.jackson.databind.JsonNode json) {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }
}
