package pie.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describe one load that engines are compared under.
 *
 * @param slots requests in flight of a closed loop; of an open one the most that a server has to take at once
 * @param requests of one round
 * @param input tokens of a prompt, of which the first {@code shared} are the same in all of them
 * @param rate requests a second of an open loop, 0 for a closed one
 * @param reuse whether engines may take what they computed before
 */
record Case(
        String name,
        String title,
        int slots,
        int requests,
        int input,
        int shared,
        int output,
        double rate,
        boolean reuse) {
    /** The agents of {@link Agents}, which are no load of single requests. */
    static final String AGENTS = "agents";

    static final List<Case> ALL = List.of(
            new Case("latency", "one request at a time", 1, 8, 128, 0, 64, 0, false),
            new Case("tput-8", "8 requests in flight", 8, 16, 128, 0, 64, 0, false),
            new Case("tput-32", "32 requests in flight", 32, 32, 128, 0, 64, 0, false),
            new Case(
                    "shared",
                    "8 in flight, 512 of 544 prompt tokens the same in all, reuse on",
                    8,
                    16,
                    544,
                    512,
                    64,
                    0,
                    true),
            new Case(
                    "serve",
                    "0.7 requests a second, Poisson, whatever becomes of them",
                    32,
                    12,
                    128,
                    0,
                    64,
                    0.7,
                    false));

    int tokens() {
        return input + output;
    }

    /** Put this load on one engine once. */
    Load.Round run(Asker asker, long common, long seed) throws InterruptedException {
        List<Prompt> prompts = Prompt.draw(requests, input, output, shared, common, seed);
        return rate > 0
                ? Load.open(asker, prompts, Arrivals.draw(requests, rate, 1, seed))
                : Load.closed(asker, prompts, slots);
    }

    Map<String, @Nullable Object> config() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("title", title);
        json.put("concurrency", rate > 0 ? null : slots);
        json.put("requests_of_a_round", requests);
        json.put("input_len", input);
        json.put("prefix_len", shared);
        json.put("output_len", output);
        json.put("rate", rate > 0 ? rate : null);
        json.put("cache", reuse ? "on" : "off");
        return json;
    }
}
