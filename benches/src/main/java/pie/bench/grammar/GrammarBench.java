package pie.bench.grammar;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.engine.grammar.Grammar;
import pie.engine.grammar.GrammarCompiler;
import pie.engine.grammar.GrammarLimits;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.Matcher;
import pie.engine.grammar.TokenIndex;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.model.Tokenizer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Measure masks, acceptance and compilation over typical schemas, each with a text that a model might write for it. */
@Command(
        name = "grammar",
        description =
                "Measure grammars: masks, compilation, coverage of JSON Schemas; in this process, without a server.%n",
        sortOptions = false)
public final class GrammarBench implements Callable<Integer> {
    private static final String TASKS = "/grammar/tasks.json";
    private static final ThreadMXBean CLOCKS = ManagementFactory.getThreadMXBean();
    private static final long MOST_NANOS = 10_000_000_000L;

    @Option(names = "--model", description = "Model whose vocabulary to use. Default: the default model, as pulled.")
    private Path model = Path.of(System.getProperty("user.home"), ".pie", "models", "smollm2-135m-instruct");

    @Option(
            names = "--rounds",
            description = "Rounds over all tasks; the first half warms up. Default: ${DEFAULT-VALUE}.")
    private int rounds = 40;

    @Option(names = "--suite", description = "Also run the public JSON Schema test suite from this folder.")
    private @Nullable Path suite;

    @Option(names = "--schemas", description = "Also compile every schema in this folder.")
    private @Nullable Path schemas;

    @Option(
            names = "--peer-python",
            description = "Also measure xgrammar and llguidance with this Python, by benches/grammar_peers.py.")
    private @Nullable Path peerPython;

    private record Task(String name, String schema, int[] tokens) {}

    /** What one pass over all tasks cost. */
    private static final class Costs {
        final Histogram compile = new Histogram(MOST_NANOS, 3);
        final Histogram compileCpu = new Histogram(MOST_NANOS, 3);
        final Histogram first = new Histogram(MOST_NANOS, 3);
        final Histogram again = new Histogram(MOST_NANOS, 3);
        final Histogram accept = new Histogram(MOST_NANOS, 3);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (ModelFiles files = Models.open(model)) {
            Tokenizer tokenizer = files.tokenizer();
            int[] stops = files.config().stopIds();
            List<Task> tasks = tasks(tokenizer);
            System.out.printf(
                    Locale.ROOT,
                    "vocabulary of %d tokens, %d schemas, %d steps a round%n",
                    tokenizer.vocabSize(),
                    tasks.size(),
                    tasks.stream().mapToInt(task -> task.tokens().length + 1).sum());
            Costs shared = new Costs();
            Costs cold = new Costs();
            TokenIndex index = new TokenIndex(tokenizer, stops);
            for (int round = 0; round < rounds; round++) {
                boolean counts = round >= rounds / 2;
                run(tasks, index, counts ? shared : new Costs());
                if (round % 4 == 3) {
                    run(tasks, new TokenIndex(tokenizer, stops), counts ? cold : new Costs());
                }
            }
            System.out.println("\npie, in µs                       p50       p90       p99       max");
            print("compile", shared.compile);
            print("compile, processor time", shared.compileCpu);
            print("mask, new grammar", shared.first);
            print("mask, new grammar, new vocabulary", cold.first);
            print("mask, seen before", shared.again);
            print("accept", shared.accept);
            if (peerPython != null) {
                peers(peerPython, tokenizer, stops, tasks);
            }
        }
        if (suite != null) {
            Coverage.suite(suite);
        }
        if (schemas != null) {
            Coverage.schemas(schemas);
        }
        return 0;
    }

    private static void print(String name, Histogram nanos) {
        System.out.printf(
                Locale.ROOT,
                "  %-27s %9.1f %9.1f %9.1f %9.1f%n",
                name,
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(90) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getMaxValue() / 1e3);
    }

    private static List<Task> tasks(Tokenizer tokenizer) throws IOException {
        try (var in = GrammarBench.class.getResourceAsStream(TASKS)) {
            List<Task> tasks = new ArrayList<>();
            for (JsonNode task : JsonMapper.shared().readTree(in)) {
                tasks.add(new Task(
                        task.get("name").asString(),
                        JsonMapper.shared().writeValueAsString(task.get("schema")),
                        tokenizer.encode(task.get("text").asString(), false)));
            }
            return tasks;
        }
    }

    private static void run(List<Task> tasks, TokenIndex index, Costs costs) {
        GrammarCompiler compiler = new GrammarCompiler(index, GrammarLimits.DEFAULT, System::nanoTime);
        long[] mask = new long[index.words()];
        for (Task task : tasks) {
            long begunCpu = CLOCKS.getCurrentThreadCpuTime();
            long begun = System.nanoTime();
            Grammar grammar = compiler.compile(new GrammarSource.JsonSchema(task.schema(), false, false));
            costs.compile.recordValue(System.nanoTime() - begun);
            costs.compileCpu.recordValue(CLOCKS.getCurrentThreadCpuTime() - begunCpu);
            pass(task, new Matcher(grammar), mask, costs.first, costs.accept);
            pass(task, new Matcher(grammar), mask, costs.again, costs.accept);
        }
    }

    private static void pass(Task task, Matcher matcher, long[] mask, Histogram masks, Histogram accepts) {
        for (int i = 0; i <= task.tokens().length; i++) {
            long begun = System.nanoTime();
            matcher.mask(mask);
            masks.recordValue(System.nanoTime() - begun);
            if (i == task.tokens().length) {
                break;
            }
            int token = task.tokens()[i];
            if ((mask[token >> 6] >>> token & 1) == 0) {
                throw new IllegalStateException(task.name() + ": token " + i + " of its text is refused");
            }
            begun = System.nanoTime();
            matcher.acceptAll(token);
            accepts.recordValue(System.nanoTime() - begun);
        }
        if (!matcher.canEnd()) {
            throw new IllegalStateException(task.name() + ": its text is not complete");
        }
    }

    /** Hands vocabulary and token sequences to the script as JSON; it prints its own lines. */
    private void peers(Path python, Tokenizer tokenizer, int[] stops, List<Task> tasks)
            throws IOException, InterruptedException {
        List<String> vocabulary = new ArrayList<>();
        List<Integer> special = new ArrayList<>();
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            vocabulary.add(HexFormat.of().formatHex(tokenizer.tokenBytes(id)));
            if (tokenizer.isSpecial(id)) {
                special.add(id);
            }
        }
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("vocabulary", vocabulary);
        input.put("special", special);
        input.put("stop", stops);
        input.put("rounds", Math.max(2, rounds / 8));
        input.put(
                "tasks",
                tasks.stream()
                        .map(task -> Map.of(
                                "name",
                                task.name(),
                                "schema",
                                task.schema(),
                                "tokens",
                                Arrays.stream(task.tokens()).boxed().toList()))
                        .toList());
        Path file = Files.createTempFile("grammar", ".json");
        try {
            Files.writeString(file, JsonMapper.shared().writeValueAsString(input), StandardCharsets.UTF_8);
            Path script = Path.of(System.getProperty("pie.root", "."), "benches", "grammar_peers.py");
            int code = new ProcessBuilder(python.toString(), script.toString(), file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(script + " ended with " + code);
            }
        } finally {
            Files.delete(file);
        }
    }
}
