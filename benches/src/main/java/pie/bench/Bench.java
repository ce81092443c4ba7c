package pie.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import pie.bench.grammar.GrammarBench;

/** Run one benchmark; {@code ./dev bench} calls it. */
@Command(
        name = "./dev bench",
        description = "Measure pie, alone or beside a peer on the same machine.%n",
        subcommands = {
            LatencyRun.class,
            ThroughputRun.class,
            ServeRun.class,
            AgentsRun.class,
            CompareRun.class,
            PlotRun.class,
            EnvRun.class,
            LoadRun.class,
            DecodeRun.class,
            StartUp.class,
            WarmLaunch.class,
            HostCalls.class,
            GrammarBench.class,
            ScheduleBench.class,
            PipelineRun.class,
            SpeculationRun.class
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ./dev bench latency --json-out latency.json",
            "  ./dev bench tput --target pie,llamacpp --server-bin ~/llama.cpp/build/bin/llama-server --concurrency 8",
            "  ./dev bench serve --rate 4 --slo ttft=500,tpot=60",
            "  ./dev bench agents --agents 8 --turns 5",
            "  ./dev bench compare before.json after.json --fail-on output_tok_per_s:-5",
            "  ./dev bench load --concurrency 1,8 --languages python,javascript",
            "  ./dev bench load --target llamacpp --server-bin ~/llama.cpp/build/bin/llama-server",
            "  ./dev bench start --rounds 5",
            "  ./dev bench decode --llama-bench ~/llama.cpp/build/bin/llama-bench",
            "  ./dev bench warm",
            "  ./dev bench load --direct --program collect --languages python,javascript",
            "  ./dev bench calls --json-out calls.json",
            "  ./dev bench grammar --peer-python ~/peers/bin/python",
            "  ./dev bench schedule --model model.gguf",
            "  ./dev bench pipeline --rounds 5",
            "  ./dev bench speculation --rounds 5 --streams 1"
        })
public final class Bench implements Runnable {
    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help and exit.")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    public static void main(String[] args) {
        int code = new CommandLine(new Bench())
                .setUsageHelpWidth(100)
                .setExecutionExceptionHandler((e, line, result) -> {
                    line.getErr().println("bench: " + e.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
