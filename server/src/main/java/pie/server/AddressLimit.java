package pie.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Let each address through so often a minute. */
final class AddressLimit {
    /** Requests of one address to all apps that are open to everybody, in a minute. */
    static final int PER_MINUTE = 600;

    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MOST_ADDRESSES = 16_384;

    /** The requests of one minute. */
    private record Window(long minute, int count) {}

    private final int most;
    private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();

    AddressLimit(int most) {
        this.most = most;
    }

    /** @throws PieException RATE_LIMITED */
    void check(String address, long nowNanos) {
        long minute = Math.floorDiv(nowNanos, MINUTE_NANOS);
        if (windows.size() >= MOST_ADDRESSES) {
            windows.values().removeIf(window -> window.minute() != minute);
        }
        boolean known = windows.containsKey(address);
        if (!known && windows.size() >= MOST_ADDRESSES) {
            throw refused("too many addresses ask at once");
        }
        Window now = windows.merge(
                address,
                new Window(minute, 1),
                (before, one) -> before.minute() == minute ? new Window(minute, before.count() + 1) : one);
        if (now.count() > most) {
            throw refused("this address has made " + most + " requests in this minute");
        }
    }

    private PieException refused(String why) {
        return new PieException(ErrorCode.RATE_LIMITED, why + "; try again later", Map.of("limit", most));
    }
}
