package pie.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Compare the end of a row of figures with its beginning: the medians of the last and of the first third.
 *
 * @param moreIsWorse whether a figure that grows is bad news
 */
record Drift(double before, double after, boolean moreIsWorse) {
    /** Figures below which there is no third. */
    static final int LEAST = 3;

    /** What a row of figures does, as far as the tolerance tells. */
    enum Verdict {
        FLAT,
        BETTER,
        WORSE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param values in the order of time, at least {@value #LEAST}
     * @throws IllegalArgumentException if there are fewer
     */
    static Drift of(double[] values, boolean moreIsWorse) {
        if (values.length < LEAST) {
            throw new IllegalArgumentException(values.length + " figures are too few, " + LEAST + " are needed");
        }
        int third = values.length / LEAST;
        return new Drift(
                Spread.of(Arrays.copyOf(values, third)).median(),
                Spread.of(Arrays.copyOfRange(values, values.length - third, values.length))
                        .median(),
                moreIsWorse);
    }

    /** Return the change in percent of the beginning. */
    double percent() {
        return 100 * (after - before) / before;
    }

    /** @param tolerance percent either way that count as nothing */
    Verdict verdict(double tolerance) {
        double percent = percent();
        if (Math.abs(percent) <= tolerance) {
            return Verdict.FLAT;
        }
        // A beginning of nothing has no percent, and is never good news.
        return Double.isNaN(percent) || percent > 0 == moreIsWorse ? Verdict.WORSE : Verdict.BETTER;
    }

    Map<String, Object> json(double tolerance) {
        var json = new LinkedHashMap<String, Object>();
        json.put("before", before);
        json.put("after", after);
        json.put("percent", percent());
        json.put("verdict", verdict(tolerance).label());
        return json;
    }
}
