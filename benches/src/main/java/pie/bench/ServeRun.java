package pie.bench;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Send requests at a rate, whatever becomes of them. */
@Command(
        name = "serve",
        description =
                "Send requests at a rate that does not wait for answers (open loop), and report what clients see.%n",
        sortOptions = false)
final class ServeRun implements Callable<Integer> {
    private static final int REQUESTS = 64;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Option(names = "--rate", description = "Requests a second, or inf for all at once. Default: ${DEFAULT-VALUE}.")
    private String rate = "1";

    @Option(
            names = "--burstiness",
            description = "1 for Poisson arrivals, less for bursts, inf for a constant gap. Default: ${DEFAULT-VALUE}.")
    private String burstiness = "1";

    @Option(names = "--slots", description = "Requests that a started peer takes at once. Default: ${DEFAULT-VALUE}.")
    private int slots = 32;

    @Override
    public Integer call() throws Exception {
        double perSecond = number(rate);
        double shape = number(burstiness);
        int count = load.requests(REQUESTS);
        return load.measure(
                "serve",
                count,
                slots,
                Map.of("rate", rate, "burstiness", burstiness),
                (asker, prompts, seed) ->
                        Load.open(asker, prompts, Arrivals.draw(prompts.size(), perSecond, shape, seed)));
    }

    private static double number(String text) {
        double value = text.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
        if (!(value > 0)) {
            throw new IllegalArgumentException("--rate and --burstiness must be above 0, or inf: " + text);
        }
        return value;
    }
}
