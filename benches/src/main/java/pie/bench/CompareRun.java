package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compare result files. */
@Command(
        name = "compare",
        description = {
            "Set result files beside each other; files of the original Pie's benches load too.%n",
            "Without files: start the engines named by --target, measure all of them under the same loads in turns, and",
            "write a report, in which those that do not run here have their error.%n"
        },
        sortOptions = false)
final class CompareRun implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Result files; the first is the baseline.")
    private List<Path> files = List.of();

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "Name of the file, without .json, that others are set against.")
    private @Nullable String baseline;

    @Option(names = "--md", description = "Print Markdown.")
    private boolean markdown;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page there.")
    private @Nullable Path page;

    @Option(
            names = "--fail-on",
            paramLabel = "METRIC:PCT",
            description = "Exit 1 if a figure is more than so many percent from the baseline's: output_tok_per_s:-5.")
    private List<String> failOn = List.of();

    @Mixin
    private Contest contest = new Contest();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (files.isEmpty()) {
            return contest.run();
        }
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            results.add(Result.read(file));
        }
        String against = baseline == null ? results.getFirst().name() : baseline;
        var comparison = new Comparison(results, against);
        System.out.print(markdown ? comparison.markdown() : comparison.text());
        if (page != null) {
            Files.writeString(page, HtmlPage.of(results, against));
        }
        return broken(results, against) ? 1 : 0;
    }

    private boolean broken(List<Result> results, String against) {
        Map<String, Double> bounds = new LinkedHashMap<>();
        for (String each : failOn) {
            int colon = each.lastIndexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("--fail-on takes METRIC:PERCENT, not " + each);
            }
            bounds.put(each.substring(0, colon), Double.parseDouble(each.substring(colon + 1)));
        }
        Result base = results.stream()
                .filter(r -> r.name().equals(against))
                .findFirst()
                .orElseThrow();
        boolean broken = false;
        for (Result r : results) {
            for (Map.Entry<String, Double> bound : bounds.entrySet()) {
                double percent = 100 * (r.figure(bound.getKey()) / base.figure(bound.getKey()) - 1);
                double limit = bound.getValue();
                if (limit < 0 ? percent < limit : percent > limit) {
                    System.out.printf(Locale.ROOT, "%s: %s is %+.1f %%%n", r.name(), bound.getKey(), percent);
                    broken = true;
                }
            }
        }
        return broken;
    }
}
