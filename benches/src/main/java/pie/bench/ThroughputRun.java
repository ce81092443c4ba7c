package pie.bench;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keep many requests in flight. */
@Command(
        name = "tput",
        description = "Keep a number of requests in flight and report tokens a second.%n",
        sortOptions = false)
final class ThroughputRun implements Callable<Integer> {
    private static final int REQUESTS = 512;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Option(names = "--concurrency", description = "Requests in flight; 0 for all at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency = 32;

    @Override
    public Integer call() throws Exception {
        int count = load.requests(REQUESTS);
        int flying = concurrency > 0 ? concurrency : count;
        return load.measure(
                "tput",
                count,
                flying,
                Map.of("concurrency", flying),
                (asker, prompts, seed) -> Load.closed(asker, prompts, flying));
    }
}
