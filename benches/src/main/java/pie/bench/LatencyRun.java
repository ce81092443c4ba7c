package pie.bench;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ask one at a time. */
@Command(
        name = "latency",
        description = "Send one request at a time and report time to first token, per token and in all.%n",
        sortOptions = false)
final class LatencyRun implements Callable<Integer> {
    private static final int REQUESTS = 16;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Override
    public Integer call() throws Exception {
        return load.measure(
                "latency",
                load.requests(REQUESTS),
                1,
                Map.of("concurrency", 1),
                (asker, prompts, seed) -> Load.closed(asker, prompts, 1));
    }
}
