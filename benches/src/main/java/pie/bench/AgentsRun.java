package pie.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Run agents of several turns: as a program beside the model, and as client code that sends its whole history each turn. */
@Command(
        name = "agents",
        description = {
            "Run agents that generate, wait for a tool, read its output, and go on.%n",
            "On pie as a program and as client code, so that the gain of moving the program shows; elsewhere as client code.%n"
        },
        sortOptions = false)
final class AgentsRun implements Callable<Integer> {
    @Mixin
    private PieOptions pie = new PieOptions();

    @Option(names = "--peer-url", paramLabel = "URL", description = "A running llama.cpp server beside pie.")
    private @Nullable URI llama;

    @Option(names = "--server-bin", description = "llama.cpp's server binary; it is started and stopped.")
    private @Nullable Path binary;

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

    @Option(names = "--repeats", description = "Default: ${DEFAULT-VALUE}.")
    private int repeats = 3;

    @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}.")
    private long seed = 42;

    @Option(
            names = {"--json-out", "--json"},
            paramLabel = "FILE",
            description = "Write the result there.")
    private @Nullable Path file;

    private PieOptions.@Nullable Server server;

    /** Carry the drawn texts of one agent. */
    private record Task(int[] prompt, List<int[]> tools) {}

    /** Do a task and return the tokens generated. */
    private interface Agent {
        int run(Task task) throws IOException, InterruptedException;
    }

    /** Rows that the device computed, and tokens whose pages were there. */
    private record Counts(long forwarded, long saved) {
        static final Counts NONE = new Counts(0, 0);
    }

    private Counts counts() throws IOException, InterruptedException {
        PieOptions.Server at = server;
        if (at == null) {
            return Counts.NONE;
        }
        JsonNode totals = at.stats().path("models").path(0).path("totals");
        return new Counts(
                totals.path("tokens_prefill").asLong()
                        + totals.path("tokens_decode").asLong(),
                totals.path("tokens_cached").asLong());
    }

    /** Return the ids that follow a history. */
    private interface Turn {
        int[] next(int[] history) throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, @Nullable Object> environment = Environment.json();
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        boolean same = true;
        try (Targets opened = new Targets()) {
            Map<String, Agent> all = open(opened);
            List<String> names = List.copyOf(all.keySet());
            names.forEach(n -> seconds.put(n, new ArrayList<>()));
            for (int repeat = -1; repeat < repeats; repeat++) {
                for (int i = 0; i < names.size(); i++) {
                    String name = names.get(Math.floorMod(i + repeat, names.size()));
                    Counts before = name.startsWith("pie") ? counts() : Counts.NONE;
                    long drawn = Prompt.seed(seed, names.indexOf(name), repeat);
                    double[] took = round(all.getOrDefault(name, t -> 0), drawn);
                    Counts after = name.startsWith("pie") ? counts() : Counts.NONE;
                    same &= took[1] == (double) agents * turns * outputLength;
                    if (repeat >= 0) {
                        seconds.getOrDefault(name, new ArrayList<>()).add(took[0]);
                        System.out.printf(
                                Locale.ROOT,
                                "agents %-14s repeat %d: %.2f s, %.2f tasks/s, %.0f tokens, %d forwarded, %d saved%n",
                                name,
                                repeat + 1,
                                took[0],
                                agents / took[0],
                                took[1],
                                after.forwarded() - before.forwarded(),
                                after.saved() - before.saved());
                    }
                }
            }
        }
        write(environment, seconds, same);
        return same ? 0 : 1;
    }

    private Map<String, Agent> open(Targets opened) throws IOException, InterruptedException {
        PieOptions.Server server = opened.keep(pie.open());
        this.server = server;
        var program = new PieTarget(server.url(), server.token(), "python", "agent");
        Map<String, Agent> all = new LinkedHashMap<>();
        all.put(
                "pie-program",
                task -> program.result(Map.of(
                                "prompt",
                                task.prompt(),
                                "tools",
                                task.tools(),
                                "max_tokens",
                                outputLength,
                                "wait",
                                toolWait / 1000.0))
                        .path("tokens")
                        .asInt());
        all.put("pie-client", task -> client(task, history -> completions(server, history)));
        URI peer = llama;
        if (peer == null && binary != null) {
            int tokens = sharedLength + inputLength + turns * (outputLength + toolLength) + 16;
            List<String> command =
                    LlamaCppTarget.command(binary, pie.modelFile(), agents, agents * tokens, pie.threads());
            ServerProcess process = opened.keep(ServerProcess.start(command));
            process.awaitHealth(LlamaCppTarget.URL.resolve("/health"));
            peer = LlamaCppTarget.URL;
        }
        if (peer != null) {
            URI url = peer;
            all.put("llamacpp", task -> client(task, history -> llamacpp(url, history)));
        }
        return all;
    }

    private double[] round(Agent agent, long drawn) throws InterruptedException {
        List<Task> tasks =
                IntStream.range(0, agents).mapToObj(i -> task(i, drawn)).toList();
        int[] tokens = new int[agents];
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < agents; i++) {
            int n = i;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    tokens[n] = agent.run(tasks.get(n));
                } catch (IOException e) {
                    System.err.println("an agent failed: " + e.getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new double[] {
            (System.nanoTime() - start) / 1e9, Arrays.stream(tokens).sum()
        };
    }

    private Task task(int agent, long seed) {
        long drawn = seed + agent;
        List<int[]> tools = Prompt.draw(turns - 1, toolLength, 0, drawn + 500).stream()
                .map(Prompt::ids)
                .toList();
        int[] own = Prompt.draw(1, inputLength, 0, drawn).getFirst().ids();
        int[] shared = sharedLength == 0
                ? new int[0]
                : Prompt.draw(1, sharedLength, 0, seed - 1).getFirst().ids();
        return new Task(joined(shared, own), tools);
    }

    private int client(Task task, Turn turn) throws IOException, InterruptedException {
        int[] history = task.prompt();
        int tokens = 0;
        for (int t = 0; t < turns; t++) {
            int[] said = turn.next(history);
            tokens += said.length;
            if (t < turns - 1) {
                Thread.sleep(toolWait);
                history = joined(history, said, task.tools().get(t));
            }
        }
        return tokens;
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private int[] completions(PieOptions.Server server, int[] history) throws IOException, InterruptedException {
        var ids = new ArrayList<Integer>();
        Sse.post(
                server.url().resolve("/v1/completions"),
                server.token(),
                Map.of(
                        "prompt",
                        history,
                        "max_tokens",
                        outputLength,
                        "temperature",
                        0,
                        "stream",
                        true,
                        "ignore_eos",
                        true,
                        "return_token_ids",
                        true),
                data -> {
                    data.path("choices").path(0).path("token_ids").forEach(id -> ids.add(id.asInt()));
                    return true;
                });
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] llamacpp(URI url, int[] history) throws IOException, InterruptedException {
        var ids = new ArrayList<Integer>();
        Sse.post(
                url.resolve("/completion"),
                Optional.empty(),
                Map.of(
                        "prompt",
                        history,
                        "n_predict",
                        outputLength,
                        "temperature",
                        0,
                        "stream",
                        true,
                        "ignore_eos",
                        true,
                        "return_tokens",
                        true,
                        "cache_prompt",
                        true),
                data -> {
                    data.path("tokens").forEach(id -> ids.add(id.asInt()));
                    return !data.path("stop").asBoolean(false);
                });
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private void write(Map<String, @Nullable Object> environment, Map<String, List<Double>> seconds, boolean same)
            throws IOException {
        var config = Map.of(
                "agents",
                agents,
                "turns",
                turns,
                "input_len",
                sharedLength + inputLength,
                "output_len",
                outputLength,
                "tool_len",
                toolLength,
                "tool_wait_ms",
                toolWait,
                "repeats",
                repeats,
                "seed",
                seed);
        var runs = new LinkedHashMap<String, Object>();
        seconds.forEach((name, all) -> {
            Spread spread =
                    Spread.of(all.stream().mapToDouble(Double::doubleValue).toArray());
            System.out.printf(Locale.ROOT, "%-14s task %s s%n", name, spread);
            runs.put(name, spread.json());
        });
        if (!same) {
            System.out.println("not comparable: some agents did not generate as many tokens as they were asked to");
        }
        if (file != null) {
            var json = new LinkedHashMap<String, Object>();
            json.put("schema", "pie-bench/1");
            json.put("mode", "agents");
            json.put("config", config);
            json.put("task_s", runs);
            json.put("env", environment);
            JsonNode tree = JsonMapper.shared().valueToTree(json);
            Files.writeString(
                    file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
            System.out.println("written to " + file);
        }
    }
}
