package pie.bench;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Sum up latencies, in milliseconds. */
record Percentiles(double mean, double p50, double p90, double p95, double p99, double max, long count) {
    private static final long HIGHEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    /** Sum up what {@code nanos} says of the samples that went well; NaN counts as not there. */
    static Percentiles of(Collection<Sample> samples, ToDoubleFunction<Sample> nanos) {
        var histogram = new Histogram(HIGHEST_MICROS, DIGITS);
        for (Sample sample : samples) {
            double value = sample.ok() ? nanos.applyAsDouble(sample) : Double.NaN;
            if (!Double.isNaN(value)) {
                histogram.recordValue(Math.clamp(Math.round(value / 1e3), 0, HIGHEST_MICROS));
            }
        }
        return new Percentiles(
                histogram.getMean() / 1e3,
                at(histogram, 50),
                at(histogram, 90),
                at(histogram, 95),
                at(histogram, 99),
                at(histogram, 100),
                histogram.getTotalCount());
    }

    private static double at(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }

    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("mean", mean);
        json.put("p50", p50);
        json.put("p90", p90);
        json.put("p95", p95);
        json.put("p99", p99);
        json.put("max", max);
        json.put("count", count);
        return json;
    }

    @Override
    public String toString() {
        return count == 0
                ? "-"
                : String.format(Locale.ROOT, "p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms", p50, p95, p99, max);
    }
}
