package pie.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import pie.bench.grammar.GrammarBench;

/** Run one benchmark; {@code ./dev bench} calls it. */
@Command(
        name = "pie bench",
        description = "Measure pie, alone or beside a peer on the same machine.%n",
        subcommands = {
            LatencyRun.class,
            ThroughputRun.class,
            ServeRun.class,
            AgentsRun.class,
            GainsRun.class,
            CompareRun.class,
            PlotRun.class,
            EnvRun.class,
            LoadRun.class,
            SoakRun.class,
            DecodeRun.class,
            ForksRun.class,
            WeightsRun.class,
            MicroBench.class,
            StartUp.class,
            WarmLaunch.class,
            HostCalls.class,
            GrammarBench.class,
            ScheduleBench.class,
            PagesBench.class,
            PipelineRun.class,
            SpeculationRun.class,
            WatchBench.class
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  pie bench latency --json-out latency.json",
            "  pie bench tput --target pie,llamacpp --server-bin ~/llama.cpp/build/bin/llama-server --concurrency 8",
            "  pie bench serve --rate 4 --slo ttft=500,tpot=60",
            "  pie bench agents --agents 8 --turns 5",
            "  pie bench gains",
            "  pie bench compare before.json after.json --fail-on output_tok_per_s:-5",
            "  pie bench load --concurrency 1,8 --languages python,javascript",
            "  pie bench load --target llamacpp --server-bin ~/llama.cpp/build/bin/llama-server",
            "  pie bench soak --streams 32 --minutes 60",
            "  pie bench start --rounds 5",
            "  pie bench decode --llama-bench ~/llama.cpp/build/bin/llama-bench",
            "  pie bench warm",
            "  pie bench load --direct --program collect --languages python,javascript",
            "  pie bench calls --json-out calls.json",
            "  pie bench grammar --peer-python ~/peers/bin/python",
            "  pie bench schedule --model model.gguf",
            "  pie bench pages",
            "  pie bench weights",
            "  pie bench micro",
            "  pie bench forks --branches 32 --prefix-tokens 2000",
            "  pie bench pipeline --rounds 5",
            "  pie bench speculation --rounds 5 --streams 1",
            "  pie bench watch"
        })
public final class Bench implements Runnable {
    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Print this help and exit.")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    public static void main(String[] args) {
        int code = new CommandLine(new Bench())
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(Bench::usage)
                .setExecutionExceptionHandler((e, line, result) -> {
                    line.getErr().println("pie: " + e.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    private static int usage(CommandLine.ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        String hint = e instanceof CommandLine.UnmatchedArgumentException u
                ? u.getSuggestions().stream()
                        .findFirst()
                        .map(s -> ", did you mean '" + s + "'?")
                        .orElse("")
                : "";
        line.getErr()
                .println("pie: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong arguments") + hint);
        line.getErr().println("     " + line.getCommandSpec().qualifiedName() + " --help shows what is possible");
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
