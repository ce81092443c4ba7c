package pie.server;

import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keep ten minutes of what graphs are drawn of, one value a second. */
final class History {
    /** Name what is kept, in the words of the wire. */
    enum Series {
        DECODE_TOK_S,
        PREFILL_TOK_S,
        BATCH_TOKENS,
        KV_RATIO,
        UTIL,
        TPOT_MS,
        TTFT_P95_MS,
        PRICE,
        RUNNING;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static final int SECONDS = 600;

    private final Map<Series, double[]> values = new EnumMap<>(Series.class);
    private long added;

    History() {
        for (Series series : Series.values()) {
            values.put(series, new double[SECONDS]);
        }
    }

    /** Add one second; NaN for what is not known. */
    void add(Map<Series, Double> second) {
        int place = (int) (added++ % SECONDS);
        values.forEach((series, ring) -> ring[place] = second.getOrDefault(series, Double.NaN));
    }

    /** Return the last seconds, oldest first, null for what is not known. */
    ObjectNode json(int seconds) {
        ObjectNode json = Json.object();
        int n = (int) Math.min(Math.min(seconds, SECONDS), added);
        values.forEach((series, ring) -> {
            ArrayNode array = json.putArray(series.word());
            for (long i = added - n; i < added; i++) {
                double value = ring[(int) (i % SECONDS)];
                if (Double.isFinite(value)) {
                    array.add(value);
                } else {
                    array.addNull();
                }
            }
        });
        return json;
    }
}
