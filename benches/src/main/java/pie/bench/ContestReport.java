package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Collect what a contest came to, and write it for people and for machines. */
final class ContestReport {
    private static final String OWN = "pie";

    /** What the engines made of one load. */
    private record Outcome(Case load, List<Result> results) {}

    private final List<Outcome> outcomes = new ArrayList<>();
    private Map<String, Spread> agentSeconds = Map.of();
    private Map<String, @Nullable Object> agentConfig = Map.of();
    private boolean agentsWhole = true;

    void add(Case load, List<Result> results) {
        outcomes.add(new Outcome(load, results));
        System.out.printf(
                "%n%s: %s%n%s%n", load.name(), load.title(), comparison(results).text());
    }

    void add(Agents agents, Map<String, List<AtOnce<Integer>>> rounds) {
        agentSeconds = Agents.seconds(rounds);
        agentConfig = agents.config();
        agentsWhole = agents.whole(rounds);
        System.out.println();
        agentSeconds.forEach((name, spread) -> System.out.println("agents " + name + ": task " + spread + " s"));
    }

    /** Say whether all that was asked for was answered, and counted alike. */
    boolean sound() {
        return agentsWhole
                && outcomes.stream().flatMap(o -> o.results().stream()).allMatch(ContestReport::sound);
    }

    private static boolean sound(Result r) {
        return r.figure("failed") == 0
                && !r.summary().path("count_mismatch").asBoolean(false)
                && r.figure("output_tokens") == r.figure("completed") * r.figure("config.output_len");
    }

    /** Compare with the first engine that is not pie, or with pie alone. */
    private static Comparison comparison(List<Result> results) {
        return new Comparison(
                results,
                results.stream()
                        .map(Result::name)
                        .filter(name -> !name.startsWith(OWN))
                        .findFirst()
                        .orElse(results.getFirst().name()));
    }

    /** Say where pie is worse than another engine beyond the ranges of both. */
    List<String> losses() {
        List<String> losses = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            for (Result own : outcome.results()) {
                for (Result peer : outcome.results()) {
                    if (own.name().startsWith(OWN) && !peer.name().startsWith(OWN)) {
                        new Comparison(List.of(peer, own), peer.name())
                                .worse(own)
                                .forEach(worse -> losses.add(outcome.load().title() + ": " + worse));
                    }
                }
            }
        }
        agentSeconds.forEach((own, of) -> agentSeconds.forEach((peer, other) -> {
            if (own.startsWith(OWN) && !peer.startsWith(OWN) && of.min() > other.max()) {
                losses.add("agents: " + own + " takes " + of + " s, " + peer + " " + other);
            }
        }));
        return losses;
    }

    /**
     * Write BASE.json and BASE.html.
     *
     * @param engines how they were asked, and the commands of those that were started
     * @param absent why others do not run here
     */
    void write(
            Path base,
            Map<String, Object> engines,
            Map<String, String> absent,
            Map<String, @Nullable Object> environment)
            throws IOException {
        if (base.toAbsolutePath().getParent() instanceof Path folder) {
            Files.createDirectories(folder);
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("schema", "pie-bench-contest/1");
        json.put("engines", engines);
        json.put("absent", absent);
        json.put("pie_loses", losses());
        json.put("cases", outcomes.stream().map(ContestReport::json).toList());
        if (!agentSeconds.isEmpty()) {
            var seconds = new LinkedHashMap<String, Object>();
            agentSeconds.forEach((name, spread) -> seconds.put(name, spread.json()));
            json.put(Case.AGENTS, Map.of("config", agentConfig, "task_s", seconds));
        }
        json.put("env", environment);
        JsonNode tree = JsonMapper.shared().valueToTree(json);
        write(
                base + ".json",
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
        write(base + ".html", html(tree));
    }

    private static void write(String file, String text) throws IOException {
        Files.writeString(Path.of(file), text);
        System.out.println("written to " + file);
    }

    private static Map<String, Object> json(Outcome outcome) {
        return Map.of(
                "case",
                outcome.load().name(),
                "config",
                outcome.load().config(),
                "results",
                outcome.results().stream().map(Result::summary).toList());
    }

    private String html(JsonNode json) {
        var page = new HtmlPage("pie beside its peers");
        page.paragraph("Medians of rounds in which the engines took turns, with the least and the most in parentheses. "
                + "A verdict is given only where the ranges of two engines do not overlap.");
        List<String> losses = losses();
        page.heading("Where pie loses").list(losses.isEmpty() ? List.of("nowhere in this run") : losses);
        for (Outcome outcome : outcomes) {
            page.heading(outcome.load().name() + ": " + outcome.load().title())
                    .comparison(comparison(outcome.results()))
                    .graphs(outcome.results());
        }
        if (!agentSeconds.isEmpty()) {
            List<List<String>> rows = new ArrayList<>(List.of(List.of("", "seconds of all agents together")));
            agentSeconds.forEach((name, spread) -> rows.add(List.of(name, spread.toString())));
            page.heading("agents: several turns with a tool between them")
                    .table(rows)
                    .json(json.path(Case.AGENTS).path("config"));
        }
        if (!json.path("absent").isEmpty()) {
            page.heading("Engines that do not run here");
            json.path("absent")
                    .properties()
                    .forEach(e -> page.paragraph(e.getKey()).text(e.getValue().asString()));
        }
        return page.heading("Engines")
                .json(json.path("engines"))
                .heading("Environment")
                .json(json.path("env"))
                .html();
    }
}
