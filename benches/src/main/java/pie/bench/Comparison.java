package pie.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Set results beside each other. What makes them not comparable comes first; a verdict only where the ranges do not overlap. */
final class Comparison {
    /** Name a figure, where it is, where its spread is, and whether more is better. */
    private record Row(String title, String path, String spread, boolean more) {}

    private static final String WORSE = " worse";

    private static final List<Row> ROWS = List.of(
            new Row("requests/s", "req_per_s", "req_per_s", true),
            new Row("output tokens/s", "output_tok_per_s", "output_tok_per_s", true),
            new Row("goodput requests/s", "goodput_req_s", "goodput_req_s", true),
            new Row("ttft p50 ms", "ttft_ms.p50", "ttft_p50_ms", false),
            new Row("ttft p99 ms", "ttft_ms.p99", "", false),
            new Row("tpot p50 ms", "tpot_ms.p50", "tpot_p50_ms", false),
            new Row("tpot p99 ms", "tpot_ms.p99", "", false),
            new Row("itl p99 ms", "itl_ms.p99", "", false),
            new Row("latency p50 ms", "latency_p50_ms", "e2e_p50_ms", false),
            new Row("latency p99 ms", "latency_p99_ms", "", false));

    private final List<Result> results;
    private final Result base;

    Comparison(List<Result> results, String baseline) {
        this.results = results;
        this.base = results.stream()
                .filter(r -> r.name().equals(baseline))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no result is named " + baseline));
    }

    /** Return what stands against comparing them. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (Result r : results) {
            if (r.summary().path("count_mismatch").asBoolean(false)) {
                warnings.add(r.name() + ": server and client count different tokens; it is not comparable");
            }
            if (r.figure("failed") > 0) {
                warnings.add(r.name() + ": " + (long) r.figure("failed") + " requests failed");
            }
            double said = r.figure("output_tokens") / r.figure("completed");
            double asked = r.figure("config.output_len");
            if (Double.isFinite(asked) && said != asked) {
                warnings.add(r.name() + ": an answer has " + number(said) + " tokens, not " + number(asked));
            }
            if (r == base) {
                continue;
            }
            for (String key : List.of("mode", "model")) {
                differ(warnings, r, key, base.text(key), r.text(key));
            }
            for (String key : List.of("input_len", "output_len", "max_tokens", "concurrency", "rate", "cache")) {
                String path = "/config/" + key;
                differ(
                        warnings,
                        r,
                        key,
                        base.summary().at(path).toString(),
                        r.summary().at(path).toString());
            }
            for (String key : List.of("processor", "cores", "kernel")) {
                differ(
                        warnings,
                        r,
                        "env " + key,
                        base.env().path(key).toString(),
                        r.env().path(key).toString());
            }
            double tokens = r.figure("prompt_tokens") / r.figure("completed");
            double others = base.figure("prompt_tokens") / base.figure("completed");
            if (Math.abs(tokens - others) > 1) {
                warnings.add(r.name() + ": a prompt has " + number(tokens) + " tokens, and " + number(others) + " in "
                        + base.name());
            }
        }
        return warnings;
    }

    private void differ(List<String> warnings, Result r, String what, String before, String now) {
        if (!before.isEmpty() && !now.isEmpty() && !before.equals(now)) {
            warnings.add(r.name() + ": " + what + " is " + now + ", and " + before + " in " + base.name());
        }
    }

    /** Return the table: a header, then rows; cells as text. */
    List<List<String>> cells() {
        List<List<String>> table = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(""));
        results.forEach(r -> header.add(r.name()));
        table.add(header);
        for (Row row : ROWS) {
            if (results.stream().noneMatch(r -> Double.isFinite(r.figure(row.path()))) || saysNothing(row)) {
                continue;
            }
            List<String> line = new ArrayList<>(List.of(row.title()));
            results.forEach(r -> line.add(cell(row, r)));
            table.add(line);
        }
        return table;
    }

    /** Say whether a row repeats another: without goals every request is a good one. */
    private boolean saysNothing(Row row) {
        return row.path().equals("goodput_req_s")
                && results.stream().allMatch(r -> r.figure("goodput_req_s") == r.figure("req_per_s"));
    }

    private String cell(Row row, Result r) {
        double value = r.figure(row.path());
        if (!Double.isFinite(value)) {
            return "-";
        }
        double[] range = r.range(row.spread());
        String text = number(value);
        if (Double.isFinite(range[0])) {
            text += " (" + number(range[0]) + "-" + number(range[1]) + ")";
        }
        if (r == base) {
            return text;
        }
        double ratio = value / base.figure(row.path());
        return text + String.format(Locale.ROOT, " %.2fx", ratio) + verdict(row, r, range);
    }

    private String verdict(Row row, Result r, double[] range) {
        double[] other = base.range(row.spread());
        boolean known = Double.isFinite(range[0]) && Double.isFinite(other[0]);
        boolean several = r.rounds(row.spread()) > 1 && base.rounds(row.spread()) > 1;
        if (!known || !several || (range[0] <= other[1] && other[0] <= range[1])) {
            return "";
        }
        return (range[0] > other[1]) == row.more() ? " better" : WORSE;
    }

    /** Say in which figures a result is worse than the baseline beyond the ranges of both. */
    List<String> worse(Result r) {
        List<String> worse = new ArrayList<>();
        for (Row row : ROWS) {
            if (Double.isFinite(r.figure(row.path()))
                    && verdict(row, r, r.range(row.spread())).equals(WORSE)) {
                worse.add(row.title() + " " + r.name() + " " + cell(row, r).replace(WORSE, "") + ", " + base.name()
                        + " " + cell(row, base));
            }
        }
        return worse;
    }

    static String number(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }

    String text() {
        var out = new StringBuilder();
        warnings().forEach(w -> out.append("! ").append(w).append('\n'));
        List<List<String>> table = cells();
        int[] widths = new int[results.size() + 1];
        for (List<String> line : table) {
            for (int i = 0; i < line.size(); i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : table) {
            for (int i = 0; i < line.size(); i++) {
                out.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            out.append('\n');
        }
        return out.toString();
    }

    String markdown() {
        var out = new StringBuilder();
        warnings().forEach(w -> out.append("- ").append(w).append('\n'));
        List<List<String>> table = cells();
        for (int i = 0; i < table.size(); i++) {
            out.append("| ").append(String.join(" | ", table.get(i))).append(" |\n");
            if (i == 0) {
                out.append("|---".repeat(results.size() + 1)).append("|\n");
            }
        }
        return out.toString();
    }
}
