package pie.engine.trace;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Count what a {@link Pattern} says.
 *
 * @param times how often it happened
 * @param places how often it happened where, those that are known
 */
public record Tally(long times, long amount, long other, Map<Place, Long> places) {
    private static final int MOST_PLACES = 64;

    public static final Tally NONE = new Tally(0, 0, 0, Map.of());

    Tally plus(long more, long moreOther, Place place) {
        Map<Place, Long> all = places;
        if (place.known() && (places.containsKey(place) || places.size() < MOST_PLACES)) {
            all = new LinkedHashMap<>(places);
            all.merge(place, 1L, Long::sum);
        }
        return new Tally(times + 1, amount + more, other + moreOther, all);
    }

    /** Return where it happened most often. */
    public Place place() {
        return places.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(Place.UNKNOWN);
    }
}
