package pie.server;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Say how an HTTP-server program is run.
 *
 * @param shared whether one process answers all requests; else each request has one of its own
 * @param concurrency requests that are answered at once
 * @param open whether it answers without a token
 * @param idle how long a shared process may have nothing to do before it is let go, until the next request; empty for ever
 */
record AppTerms(boolean shared, int concurrency, boolean open, Optional<Duration> idle) {
    private static final Set<String> KEYS = Set.of("instances", "max_concurrency", "public", "idle_timeout");
    private static final int CONCURRENCY = 16;
    private static final int MOST_CONCURRENCY = 256;

    /**
     * Take what a request says out of its body; what it leaves open stands in the table {@code [app]} of the manifest, or has a default.
     *
     * @throws PieException INVALID_ARGUMENT
     */
    static AppTerms take(ObjectNode body, JsonNode table) {
        ObjectNode all = Json.object();
        for (String key : KEYS) {
            Optional.ofNullable(body.remove(key))
                    .or(() -> Optional.ofNullable(table.get(key)))
                    .ifPresent(value -> all.set(key, value));
        }
        return new AppTerms(
                shared(all.path("instances")),
                concurrency(all.path("max_concurrency")),
                open(all.path("public")),
                idle(all.path("idle_timeout")));
    }

    private static boolean shared(JsonNode given) {
        String word = given.asString("shared");
        return switch (word) {
            case "shared" -> true;
            case "per_request" -> false;
            default ->
                throw PieException.invalid("instances must be \"shared\" or \"per_request\", got \"" + word + "\"");
        };
    }

    private static int concurrency(JsonNode given) {
        if (given.isMissingNode()) {
            return CONCURRENCY;
        }
        int count = given.isIntegralNumber() && given.canConvertToInt() ? given.asInt() : 0;
        if (count < 1 || count > MOST_CONCURRENCY) {
            throw PieException.invalid("max_concurrency must be in 1.." + MOST_CONCURRENCY + ", got " + given);
        }
        return count;
    }

    private static boolean open(JsonNode given) {
        if (!given.isMissingNode() && !given.isBoolean()) {
            throw PieException.invalid("public must be true or false, got " + given);
        }
        return given.asBoolean(false);
    }

    private static Optional<Duration> idle(JsonNode given) {
        if (given.isMissingNode()) {
            return Optional.empty();
        }
        Optional<Duration> span = given.isString() || given.isNumber()
                ? Durations.parse(given.asString()).filter(Duration::isPositive)
                : Optional.empty();
        if (span.isEmpty()) {
            throw PieException.invalid(
                    "idle_timeout must be seconds or a number with ms, s, m or h, more than 0, got " + given);
        }
        return span;
    }
}
