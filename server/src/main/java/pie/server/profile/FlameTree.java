package pie.server.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pie.engine.trace.Place;

/** Merge samples of a program's code into a tree: a node for each line that is called from another, with the time in and below it. */
final class FlameTree {
    private final Place place;
    private final Map<Place, FlameTree> below = new LinkedHashMap<>();
    private long nanos;

    private FlameTree(Place place) {
        this.place = place;
    }

    static FlameTree of(Map<List<Place>, Long> samples) {
        var root = new FlameTree(Place.UNKNOWN);
        samples.forEach((stack, nanos) -> {
            FlameTree at = root;
            at.nanos += nanos;
            for (Place place : stack) {
                at = at.below.computeIfAbsent(place, FlameTree::new);
                at.nanos += nanos;
            }
        });
        return root;
    }

    /** Return {@code agent.py:12 plan}. */
    String label() {
        return place.function().isEmpty() ? place.at() : place.at() + " " + place.function();
    }

    /** Return the time in this line and what it calls. */
    long nanos() {
        return nanos;
    }

    /** Return what is called from here, the longest first. */
    List<FlameTree> below() {
        List<FlameTree> all = new ArrayList<>(below.values());
        all.sort(Comparator.comparingLong(FlameTree::nanos).reversed());
        return all;
    }

    int depth() {
        return 1 + below.values().stream().mapToInt(FlameTree::depth).max().orElse(0);
    }
}
