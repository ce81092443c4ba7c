package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Open engines, put the same loads on all of them in turns, and write one report of it. */
final class Contest {
    @Mixin
    private Peers peers = new Peers();

    @Option(
            names = "--absent",
            paramLabel = "NAME=WHY",
            description =
                    "An engine that does not run here, and what it says, for the report; those that fail to start are found out.")
    private Map<String, String> absent = new LinkedHashMap<>();

    @Option(
            names = "--cases",
            split = ",",
            description = "Loads: latency, tput-8, tput-32, shared, serve, agents. Default: all.")
    private List<String> cases = List.of();

    @Mixin
    private Repeats repeats = new Repeats(5);

    @Option(
            names = "--out",
            paramLabel = "BASE",
            description = "Write BASE.json and BASE.html. Default: benches/results/compare-DATE-PROCESSOR.")
    private @Nullable Path out;

    /** Run all. Return the exit code: 1 if requests failed or tokens were counted differently. */
    int run() throws IOException, InterruptedException {
        List<Case> loads = loads();
        boolean withAgents = cases.isEmpty() || cases.contains(Case.AGENTS);
        Map<String, @Nullable Object> environment = Environment.json();
        var report = new ContestReport();
        var client = new ClientClock();
        try (Targets opened = new Targets()) {
            List<Peer> open = open(opened, loads);
            for (Case load : loads) {
                report.add(load, measure(load, open));
            }
            if (withAgents) {
                var agents = new Agents();
                report.add(agents, agents.measure(agents.ways(open), repeats));
            }
        }
        environment.put("load_after", Environment.load());
        environment.put("client_cores", client.cores());
        Map<String, Object> engines = peers.config();
        engines.put("model", peers.modelName());
        report.write(base(environment), engines, absent, environment);
        return report.sound() ? 0 : 1;
    }

    private List<Case> loads() throws IOException {
        Set<String> known = new TreeSet<>(Set.of(Case.AGENTS));
        Case.ALL.forEach(c -> known.add(c.name()));
        for (String name : cases) {
            if (!known.contains(name)) {
                throw new IOException("--cases knows " + String.join(", ", known) + ", not " + name);
            }
        }
        return Case.ALL.stream()
                .filter(c -> cases.isEmpty() || cases.contains(c.name()))
                .toList();
    }

    /** Open what runs here, with room for the largest load, and note why the others do not. */
    private List<Peer> open(Targets opened, List<Case> loads) throws InterruptedException {
        var agents = new Agents();
        int slots = Math.max(
                agents.count(), loads.stream().mapToInt(Case::slots).max().orElse(1));
        int tokens = Math.max(
                agents.contextLength(),
                loads.stream().mapToInt(Case::tokens).max().orElse(1));
        List<Peer> open = new ArrayList<>();
        for (String name : peers.names()) {
            if (absent.containsKey(name)) {
                continue;
            }
            try {
                open.addAll(peers.open(name, opened, slots, tokens));
            } catch (IOException e) {
                absent.put(name, String.valueOf(e.getMessage()));
                System.out.println(name + " does not run here: " + e.getMessage());
            }
        }
        return open;
    }

    private List<Result> measure(Case load, List<Peer> open) throws IOException, InterruptedException {
        Map<String, Asker> askers = new LinkedHashMap<>();
        open.forEach(peer -> askers.put(peer.name(), peer.asker(load.reuse())));
        Map<String, List<Load.Round>> rounds = Turns.run(askers, -1, repeats.count(), (asker, repeat) -> {
            Load.Round round = load.run(asker, repeats.seed(), repeats.seed() + 1 + repeat);
            if (repeat >= 0) {
                System.out.println(load.name() + " " + round.line(asker.name(), repeat));
            }
            return round;
        });
        List<Result> results = new ArrayList<>();
        Map<String, @Nullable Object> config = load.config();
        config.put("repeats", repeats.count());
        config.put("seed", repeats.seed());
        rounds.forEach((name, of) -> results.add(Result.of(
                name,
                JsonMapper.shared()
                        .valueToTree(Result.document(
                                load.name(), name, peers.modelName(), of, Goal.of(Map.of()), config, Map.of())))));
        return results;
    }

    private Path base(Map<String, @Nullable Object> environment) {
        if (out != null) {
            return out;
        }
        String processor = String.valueOf(environment.get("processor")).replaceAll("[^A-Za-z0-9]+", "-");
        return Path.of(System.getProperty("pie.root", "."))
                .resolve("benches/results/compare-" + LocalDate.now() + "-" + processor);
    }
}
