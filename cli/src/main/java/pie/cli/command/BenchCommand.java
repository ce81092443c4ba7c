package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Stand for the benchmarks in help and completion; the launcher starts them, for no command of pie should need what they are made of. */
@Command(
        name = "bench",
        description = {
            "Measure pie, alone or beside other engines on the same machine.%n",
            "pie bench MODE --help tells the flags of a mode. The first call builds the benchmarks.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie bench latency --json-out latency.json",
            "  pie bench tput --target pie,llamacpp --server-bin ~/llama.cpp/build/bin/llama-server",
            "  pie bench serve --rate 4 --slo ttft=500,tpot=60",
            "  pie bench compare before.json after.json --html report.html"
        })
public final class BenchCommand extends PieCommand {
    /** Modes that put a load on engines over HTTP, and work with what came out. */
    public static final List<String> MODES =
            List.of("latency", "tput", "serve", "agents", "gains", "soak", "compare", "plot", "env");

    /** Modes that measure a part of pie. */
    public static final List<String> PARTS = List.of(
            "load",
            "decode",
            "start",
            "warm",
            "calls",
            "grammar",
            "schedule",
            "pages",
            "forks",
            "weights",
            "micro",
            "pipeline",
            "speculation",
            "watch");

    private static final class Words extends ArrayList<String> {
        Words() {
            super(MODES);
            addAll(PARTS);
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODE",
            completionCandidates = Words.class,
            description = {
                "latency, tput, serve, agents, gains, soak: put a load on engines;",
                "compare, plot, env: work with result files;",
                "load, decode, start, warm, calls, grammar, schedule, pages, forks,",
                "weights, micro, pipeline, speculation, watch: measure a part of pie."
            })
    private String mode = "";

    @Parameters(index = "1..*", paramLabel = "ARGS", description = "Flags of the mode.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        throw new PieException(
                ErrorCode.UNSUPPORTED,
                "benchmarks are started by the launcher of a checkout: ./pie bench " + mode + " "
                        + String.join(" ", arguments));
    }
}
