package pie.bench;

import java.util.Map;

/** Say what a request has to keep to count as good: milliseconds, infinite for no goal. */
record Goal(double ttft, double tpot, double endToEnd) {
    private static final double MILLIS = 1e6;

    static Goal of(Map<String, Double> given) {
        for (String key : given.keySet()) {
            if (!key.equals("ttft") && !key.equals("tpot") && !key.equals("e2e")) {
                throw new IllegalArgumentException("--slo knows ttft, tpot and e2e, not " + key);
            }
        }
        return new Goal(
                given.getOrDefault("ttft", Double.POSITIVE_INFINITY),
                given.getOrDefault("tpot", Double.POSITIVE_INFINITY),
                given.getOrDefault("e2e", Double.POSITIVE_INFINITY));
    }

    boolean met(Answer answer) {
        return answer.ok()
                && answer.ttft() <= ttft * MILLIS
                && !(answer.tpot() > tpot * MILLIS)
                && answer.endToEnd() <= endToEnd * MILLIS;
    }
}
