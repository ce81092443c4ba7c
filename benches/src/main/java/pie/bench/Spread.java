package pie.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sum up one figure of several rounds. */
record Spread(double median, double min, double max, int count) {
    static Spread of(double... values) {
        double[] sorted =
                Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        return new Spread(median, sorted[0], sorted[n - 1], n);
    }

    static Spread of(List<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("median", finite(median));
        json.put("min", finite(min));
        json.put("max", finite(max));
        json.put("rounds", count);
        return json;
    }

    private static @Nullable Double finite(double v) {
        return Double.isFinite(v) ? v : null;
    }

    @Override
    public String toString() {
        return count == 0 ? "-" : String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", median, min, max);
    }
}
