package pie.server.ws;

import java.time.Duration;

/**
 * Bound what one connection can make the server hold.
 *
 * @param message bytes of one message
 * @param upload bytes of one program
 * @param uploads at the same time
 * @param frames queued for the client
 * @param queuedBytes queued for the client
 * @param ping time between pings of the server
 * @param silence after which the client is taken to be gone
 */
public record WsLimits(
        int message, int upload, int uploads, int frames, long queuedBytes, Duration ping, Duration silence) {
    private static final int MIB = 1 << 20;

    public static final WsLimits DEFAULT =
            new WsLimits(64 * MIB, 64 * MIB, 4, 1000, 32L * MIB, Duration.ofSeconds(20), Duration.ofMinutes(3));
}
