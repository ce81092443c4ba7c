package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Measure what a call from a program into the engine costs; the programs time themselves. */
@Command(name = "calls", description = "Measure what calls from a program into pie cost, in ns.%n", sortOptions = false)
final class HostCalls implements Callable<Integer> {
    @Option(names = "--languages", split = ",", description = "Default: ${DEFAULT-VALUE}.")
    private List<String> languages = List.of("python", "javascript");

    @Option(names = "--calls", description = "Calls of one round. Default: ${DEFAULT-VALUE}.")
    private int calls = 2000;

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        List<Object> results = new ArrayList<>();
        try (PieOptions.Server server = pie.open()) {
            for (String language : languages) {
                JsonNode costs =
                        new PieTarget(server.url(), server.token(), language, "calls").result(Map.of("n", calls));
                report.line("%n%s", language);
                for (var cost : costs.properties()) {
                    report.line(
                            "  %-40s %10.0f ns", cost.getKey(), cost.getValue().asDouble());
                }
                results.add(Map.of("language", language, "ns", costs));
            }
        }
        report.put("results", results);
        report.write();
        return 0;
    }
}
