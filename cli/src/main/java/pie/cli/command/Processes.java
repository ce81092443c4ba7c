package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Read process objects of the API and lay them out as a table. */
final class Processes {
    private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled", "exhausted");
    private static final int FULL_ID = 36;
    private static final int SHORT_ID = 8;
    private static final List<String> HEAD =
            List.of("ID", "STATE", "WAIT", "PROGRAM", "LANGUAGE", "AGE", "TOKENS", "PAGES");

    /** Column from which on the rows hold numbers. */
    static final int FIRST_NUMBER = 5;

    private Processes() {}

    static boolean ended(JsonNode process) {
        return ENDED.contains(process.path("state").asString(""));
    }

    /** Return the rows of a table, its head first. */
    static List<List<String>> rows(List<JsonNode> processes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        processes.forEach(p -> rows.add(row(p)));
        return rows;
    }

    /** Return the first characters of a process id, which the verbs take for it; other words stay as they are. */
    static String shorten(String id) {
        return id.length() == FULL_ID ? id.substring(0, SHORT_ID) : id;
    }

    /** Lay rows out in columns; those from {@code firstNumber} on are aligned right. */
    static List<String> aligned(List<List<String>> rows, int firstNumber) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean number = i >= firstNumber;
                String pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(number ? pad + row.get(i) : row.get(i) + pad).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static List<String> row(JsonNode p) {
        JsonNode stats = p.path("stats");
        JsonNode tokens = stats.path("tokens");
        String id = p.path("id").asString("");
        return List.of(
                shorten(id),
                p.path("state").asString(""),
                p.path("wait").isString() ? p.path("wait").asString() : "-",
                p.path("program").asString(""),
                p.path("language").asString(""),
                age(stats.path("elapsed_ms").asLong(0)),
                Long.toString(
                        tokens.path("prefill").asLong(0) + tokens.path("decode").asLong(0)),
                String.format(
                        Locale.ROOT,
                        "%.1f",
                        stats.path("pages").path("effective").asDouble(0)));
    }

    static String age(long millis) {
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1fs", millis / 1e3);
        }
        long minutes = millis / 60_000;
        return minutes < 60
                ? "%dm%02ds".formatted(minutes, millis / 1000 % 60)
                : "%dh%02dm".formatted(minutes / 60, minutes % 60);
    }
}
