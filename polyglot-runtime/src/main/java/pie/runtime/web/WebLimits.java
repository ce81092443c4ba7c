package pie.runtime.web;

import java.time.Duration;

/**
 * Bound what one program asks of other hosts.
 *
 * @param open requests and answers at once
 * @param requestBytes most of a request's body
 * @param responseBytes most of an answer's body
 * @param connect time to reach a host
 * @param idle time without a byte
 * @param total time of one request with its answer
 */
public record WebLimits(
        int open, int requestBytes, int responseBytes, Duration connect, Duration idle, Duration total) {
    public static final WebLimits DEFAULT = new WebLimits(
            32, 16 << 20, 64 << 20, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(10));
}
