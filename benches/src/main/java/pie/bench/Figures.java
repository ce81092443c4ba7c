package pie.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Sum up the rounds of one engine as the result files have it; percentiles by linear interpolation. */
final class Figures {
    private static final double[] PERCENTILES = {50, 90, 95, 99};

    private Figures() {}

    static Map<String, @Nullable Object> summary(
            String mode, String engine, String model, List<Load.Round> rounds, Goal goal, Map<String, ?> config) {
        List<Answer> all = rounds.stream().flatMap(r -> r.answers().stream()).toList();
        List<Answer> good = all.stream().filter(Answer::ok).toList();
        double wall = rounds.stream().mapToDouble(Load.Round::seconds).sum();
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("mode", mode);
        json.put("engine", engine);
        json.put("model", model);
        json.put("requests", all.size());
        json.put("completed", good.size());
        json.put("failed", all.size() - good.size());
        json.put("wall_s", wall);
        json.put(
                "output_tokens",
                rounds.stream().mapToLong(Load.Round::outputTokens).sum());
        json.put(
                "prompt_tokens",
                rounds.stream().mapToLong(Load.Round::promptTokens).sum());
        Map<String, ToDoubleFunction<Load.Round>> rates = rates(goal);
        rates.forEach(
                (name, rate) -> json.put(name, Spread.of(each(rounds, rate)).median()));
        double[] whole = good.stream().mapToDouble(Answer::endToEnd).toArray();
        json.put("latency_mean_ms", mean(whole));
        json.put("latency_p50_ms", percentile(whole, 50));
        json.put("latency_p95_ms", percentile(whole, 95));
        json.put("latency_p99_ms", percentile(whole, 99));
        json.put("ttft_ms", distribution(good.stream().mapToDouble(Answer::ttft).toArray()));
        json.put("tpot_ms", distribution(good.stream().mapToDouble(Answer::tpot).toArray()));
        json.put(
                "itl_ms",
                distribution(good.stream()
                        .flatMapToDouble(a -> Arrays.stream(a.gaps()))
                        .toArray()));
        json.put("e2e_ms", distribution(whole));
        json.put(
                "send_delay_ms",
                distribution(good.stream().mapToDouble(Answer::late).toArray()));
        json.put("count_mismatch", all.stream().anyMatch(Answer::mismatch));
        json.put("config", config);
        var spread = new LinkedHashMap<String, Object>();
        rates.forEach(
                (name, rate) -> spread.put(name, Spread.of(each(rounds, rate)).json()));
        spread.put("ttft_p50_ms", Spread.of(medians(rounds, Answer::ttft)).json());
        spread.put("tpot_p50_ms", Spread.of(medians(rounds, Answer::tpot)).json());
        spread.put("e2e_p50_ms", Spread.of(medians(rounds, Answer::endToEnd)).json());
        json.put("spread", spread);
        return json;
    }

    private static Map<String, ToDoubleFunction<Load.Round>> rates(Goal goal) {
        var rates = new LinkedHashMap<String, ToDoubleFunction<Load.Round>>();
        rates.put("req_per_s", r -> (r.answers().size() - r.failed()) / r.seconds());
        rates.put("output_tok_per_s", r -> r.outputTokens() / r.seconds());
        rates.put("total_tok_per_s", r -> (r.outputTokens() + r.promptTokens()) / r.seconds());
        rates.put("goodput_req_s", r -> r.answers().stream().filter(goal::met).count() / r.seconds());
        return rates;
    }

    private static double[] each(List<Load.Round> rounds, ToDoubleFunction<Load.Round> read) {
        return rounds.stream().mapToDouble(read).toArray();
    }

    /** Return the median of each round, milliseconds. */
    static double[] medians(List<Load.Round> rounds, ToDoubleFunction<Answer> nanos) {
        return rounds.stream()
                .mapToDouble(r -> percentile(
                        r.answers().stream()
                                .filter(Answer::ok)
                                .mapToDouble(nanos)
                                .toArray(),
                        50))
                .toArray();
    }

    static Map<String, @Nullable Object> distribution(double[] nanos) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("mean", finite(mean(nanos)));
        for (double p : PERCENTILES) {
            json.put("p" + (int) p, finite(percentile(nanos, p)));
        }
        json.put("max", finite(percentile(nanos, 100)));
        return json;
    }

    private static double mean(double[] nanos) {
        return Arrays.stream(nanos).filter(Double::isFinite).average().orElse(Double.NaN) / 1e6;
    }

    /** Return a percentile in milliseconds, between the two values next to it. */
    static double percentile(double[] nanos, double p) {
        List<Double> sorted = new ArrayList<>();
        Arrays.stream(nanos).filter(Double::isFinite).sorted().forEach(sorted::add);
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        double at = p / 100 * (sorted.size() - 1);
        int low = (int) at;
        int high = Math.min(low + 1, sorted.size() - 1);
        return (sorted.get(low) + (at - low) * (sorted.get(high) - sorted.get(low))) / 1e6;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
