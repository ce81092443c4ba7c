package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draw result files. */
@Command(name = "plot", description = "Draw the distributions of result files as SVG.%n", sortOptions = false)
final class PlotRun implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Result files.")
    private List<Path> files = List.of();

    @Option(names = "--out", paramLabel = "DIR", description = "Where the pictures go. Default: ${DEFAULT-VALUE}.")
    private Path folder = Path.of(".");

    @Override
    public Integer call() throws IOException {
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            results.add(Result.read(file));
        }
        Files.createDirectories(folder);
        write("ttft.svg", Graph.distribution("Time to first token", results, "ttft_s"));
        write("itl.svg", Graph.distribution("Time between chunks", results, "itl_s"));
        write("latency.svg", Graph.distribution("Whole request", results, "latency_s"));
        return 0;
    }

    private void write(String name, String svg) throws IOException {
        Files.writeString(folder.resolve(name), svg);
        System.out.println("written to " + folder.resolve(name));
    }
}
