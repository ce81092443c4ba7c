package pie.bench;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Write a report as one file that needs nothing else: tables, graphs, settings and environment. */
final class HtmlPage {
    private final StringBuilder out = new StringBuilder();

    HtmlPage(String title) {
        out.append("""
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><title>%1$s</title>
                <style>
                body { font: 15px/1.5 sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
                table { border-collapse: collapse; margin: 1rem 0 }
                td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd } td:first-child { text-align: left }
                tr:first-child td { font-weight: bold }
                svg { width: 40rem; max-width: 100%% } pre { overflow: auto; background: #f5f5f5; padding: 1rem }
                @media (prefers-color-scheme: dark) {
                  body { background: #181a1f; color: #ddd } td, th { border-color: #444 } pre { background: #23262d } svg { background: #fff }
                }
                </style>
                <h1>%1$s</h1>
                """.formatted(Graph.escaped(title)));
    }

    /** Compare result files. */
    static String of(List<Result> results, String baseline) {
        var page = new HtmlPage("pie bench");
        page.comparison(new Comparison(results, baseline)).graphs(results);
        for (Result r : results) {
            page.heading(r.name()).json(r.summary().path("config")).json(r.env());
        }
        return page.html();
    }

    HtmlPage heading(String text) {
        out.append("<h2>").append(Graph.escaped(text)).append("</h2>\n");
        return this;
    }

    HtmlPage paragraph(String text) {
        out.append("<p>").append(Graph.escaped(text)).append("</p>\n");
        return this;
    }

    HtmlPage list(List<String> items) {
        out.append("<ul>\n");
        items.forEach(item -> out.append("<li>").append(Graph.escaped(item)).append("</li>\n"));
        out.append("</ul>\n");
        return this;
    }

    /** Write what stands against a comparison, then its table. */
    HtmlPage comparison(Comparison comparison) {
        comparison.warnings().forEach(w -> paragraph("Beware: " + w));
        return table(comparison.cells());
    }

    /** @param rows the first of which is the head */
    HtmlPage table(List<List<String>> rows) {
        out.append("<table>\n");
        rows.forEach(line -> {
            out.append("<tr>");
            line.forEach(cell -> out.append("<td>").append(Graph.escaped(cell)).append("</td>"));
            out.append("</tr>\n");
        });
        out.append("</table>\n");
        return this;
    }

    HtmlPage graphs(List<Result> results) {
        out.append(Graph.distribution("Time to first token", results, "ttft_s"));
        out.append(Graph.distribution("Time between chunks", results, "itl_s"));
        out.append(Graph.distribution("Whole request", results, "latency_s"));
        return this;
    }

    HtmlPage json(JsonNode json) {
        return text(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    /** Write text as it stands. */
    HtmlPage text(String text) {
        out.append("<pre>").append(Graph.escaped(text)).append("</pre>\n");
        return this;
    }

    String html() {
        return out + "</html>\n";
    }
}
