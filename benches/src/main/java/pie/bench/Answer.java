package pie.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hold the clock of one streamed request, nanoseconds since it was sent.
 *
 * @param late how long after its time it was sent
 * @param chunks when each chunk with content came
 * @param end end of the answer
 * @param promptTokens by the server's own count
 * @param outputTokens by the server's own count
 * @param ids that came, none where the server sends none
 * @param cachedTokens of the prompt that the server did not compute
 */
record Answer(
        long late,
        long[] chunks,
        long end,
        int promptTokens,
        int outputTokens,
        int[] ids,
        int cachedTokens,
        String finish,
        String error) {
    static final int[] NO_IDS = {};

    static Answer failed(String error) {
        return new Answer(0, new long[0], 0, 0, 0, NO_IDS, 0, "", error);
    }

    Answer sentLate(long nanos) {
        return new Answer(nanos, chunks, end, promptTokens, outputTokens, ids, cachedTokens, finish, error);
    }

    boolean ok() {
        return error.isEmpty();
    }

    /** Say whether two counts of the same tokens differ. */
    boolean mismatch() {
        return ok() && ids.length > 0 && ids.length != outputTokens;
    }

    double ttft() {
        return chunks.length == 0 ? Double.NaN : chunks[0];
    }

    double endToEnd() {
        return end;
    }

    /** Return the time of one token after the first; NaN below two tokens. */
    double tpot() {
        return outputTokens < 2 || chunks.length < 2
                ? Double.NaN
                : (double) (chunks[chunks.length - 1] - chunks[0]) / (outputTokens - 1);
    }

    /** Return the gaps between chunks. */
    double[] gaps() {
        double[] gaps = new double[Math.max(0, chunks.length - 1)];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = chunks[i + 1] - chunks[i];
        }
        return gaps;
    }

    Map<String, @Nullable Object> json(int repeat) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("ok", ok());
        json.put("latency_s", end / 1e9);
        json.put("output_tokens", outputTokens);
        json.put("prompt_tokens", promptTokens);
        json.put("error", ok() ? null : error);
        json.put("send_delay_s", late / 1e9);
        json.put("ttft_s", finite(ttft()));
        json.put("tpot_s", finite(tpot()));
        json.put("itl_s", Arrays.stream(gaps()).map(g -> g / 1e9).toArray());
        json.put("chunks", chunks.length);
        json.put("cached_tokens", cachedTokens);
        json.put("count_mismatch", mismatch());
        json.put("finish_reason", finish);
        json.put("repeat", repeat);
        return json;
    }

    private static @Nullable Double finite(double nanos) {
        return Double.isFinite(nanos) ? nanos / 1e9 : null;
    }
}
