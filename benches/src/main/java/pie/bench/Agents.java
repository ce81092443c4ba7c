package pie.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Agents that generate, wait for a tool, read what it says, and go on: beside the model, or as code of a client. */
final class Agents {
    @Option(names = "--agents", description = "Agents at once. Default: ${DEFAULT-VALUE}.")
    private int agents = 8;

    @Option(names = "--turns", description = "Default: ${DEFAULT-VALUE}.")
    private int turns = 5;

    @Option(
            names = "--shared-len",
            description = "Tokens that the first prompts of all agents begin with. Default: ${DEFAULT-VALUE}.")
    private int sharedLength;

    @Option(names = "--input-len", description = "Tokens of the first prompt. Default: ${DEFAULT-VALUE}.")
    private int inputLength = 256;

    @Option(names = "--output-len", description = "Tokens of each turn. Default: ${DEFAULT-VALUE}.")
    private int outputLength = 32;

    @Option(names = "--tool-len", description = "Tokens that a tool says. Default: ${DEFAULT-VALUE}.")
    private int toolLength = 64;

    @Option(names = "--tool-wait", description = "Milliseconds that a tool takes. Default: ${DEFAULT-VALUE}.")
    private int toolWait = 200;

    /** Carry the drawn texts of one agent. */
    private record Task(int[] prompt, List<int[]> tools) {}

    /** Do a task and return the tokens generated. */
    private interface Agent {
        int run(Task task) throws IOException, InterruptedException;
    }

    /** Run agents against one engine in one way. */
    record Way(String name, Agent agent, Optional<PieOptions.Server> pie, int drawnAs) {}

    /** Return the tokens that all agents generated. */
    static int tokens(AtOnce<Integer> round) {
        return round.results().stream().mapToInt(Integer::intValue).sum();
    }

    int count() {
        return agents;
    }

    /** Return the tokens that one agent's context has in the end. */
    int contextLength() {
        return sharedLength + inputLength + turns * (outputLength + toolLength);
    }

    /** Return the ways in which engines can be asked: pie's as a program and as client code, so that the gain of moving it shows. */
    Map<String, Way> ways(List<Peer> peers) {
        Map<String, Way> ways = new LinkedHashMap<>();
        for (Peer peer : peers) {
            peer.pie().ifPresent(server -> {
                var program = new PieTarget(server.url(), server.token(), "python", "agent");
                add(ways, "pie-program", task -> program(program, task), peer.pie());
            });
            String name = peer.pie().isPresent() ? "pie-client" : peer.name();
            add(ways, name, task -> client(peer.reusing(), task), peer.pie());
        }
        return ways;
    }

    private static void add(Map<String, Way> ways, String name, Agent agent, Optional<PieOptions.Server> pie) {
        ways.put(name, new Way(name, agent, pie, ways.size()));
    }

    /** Let all ways of all engines take turns, after one that warms up. */
    Map<String, List<AtOnce<Integer>>> measure(Map<String, Way> ways, Repeats repeats)
            throws IOException, InterruptedException {
        return Turns.run(ways, -1, repeats.count(), (way, repeat) -> {
            AtOnce<Integer> round = run(way, repeats.seed() + 1000L * repeat);
            System.out.printf(
                    Locale.ROOT,
                    "agents %-14s %s: %.2f s, %d tokens%s%n",
                    way.name(),
                    repeat < 0 ? "warm-up " : "repeat " + (repeat + 1),
                    round.seconds(),
                    tokens(round),
                    way.pie().isPresent()
                            ? ", " + round.computed() + " rows computed, " + round.reused() + " tokens reused"
                            : "");
            return round;
        });
    }

    /** Return the seconds that all agents together took, by name. */
    static Map<String, Spread> seconds(Map<String, List<AtOnce<Integer>>> rounds) {
        Map<String, Spread> seconds = new LinkedHashMap<>();
        rounds.forEach((name, of) -> seconds.put(
                name, Spread.of(of.stream().mapToDouble(AtOnce::seconds).toArray())));
        return seconds;
    }

    /** Say whether all agents generated as many tokens as they were asked to. */
    boolean whole(Map<String, List<AtOnce<Integer>>> rounds) {
        return rounds.values().stream().flatMap(List::stream).allMatch(r -> tokens(r) == agents * turns * outputLength);
    }

    /** Run all agents at once; one that fails is told, and counts no tokens. */
    AtOnce<Integer> run(Way way, long seed) throws IOException, InterruptedException {
        long drawn = Prompt.seed(seed, way.drawnAs(), 0);
        List<Task> tasks =
                IntStream.range(0, agents).mapToObj(i -> task(i, drawn)).toList();
        return AtOnce.run(way.pie(), agents, n -> {
            try {
                return way.agent().run(tasks.get(n));
            } catch (IOException e) {
                System.err.println("an agent failed: " + e.getMessage());
                return 0;
            }
        });
    }

    private Task task(int agent, long seed) {
        long drawn = seed + agent;
        List<int[]> tools = Prompt.draw(turns - 1, toolLength, 0, drawn + 500).stream()
                .map(Prompt::ids)
                .toList();
        int[] prompt = Prompt.draw(1, sharedLength + inputLength, 0, sharedLength, seed - 1, drawn)
                .getFirst()
                .ids();
        return new Task(prompt, tools);
    }

    private int program(PieTarget program, Task task) throws IOException, InterruptedException {
        Map<String, Object> input = Map.of(
                "prompt", task.prompt(), "tools", task.tools(), "max_tokens", outputLength, "wait", toolWait / 1000.0);
        return program.result(input).path("tokens").asInt();
    }

    /** Send the whole history each turn, as clients of engines without programs have to. */
    private int client(Asker asker, Task task) throws IOException, InterruptedException {
        int[] history = task.prompt();
        int tokens = 0;
        for (int t = 0; t < turns; t++) {
            int[] said = asker.tokens(new Prompt(history, outputLength));
            tokens += said.length;
            if (t < turns - 1) {
                Thread.sleep(toolWait);
                history = Prompt.joined(history, said, task.tools().get(t));
            }
        }
        return tokens;
    }

    Map<String, @Nullable Object> config() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("agents", agents);
        json.put("turns", turns);
        json.put("input_len", sharedLength + inputLength);
        json.put("shared_len", sharedLength);
        json.put("output_len", outputLength);
        json.put("tool_len", toolLength);
        json.put("tool_wait_ms", toolWait);
        return json;
    }
}
