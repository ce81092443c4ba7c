package pie.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import pie.engine.adapter.AdapterId;

/**
 * Keep what programs were told of their snapshots, and what they asked for last: one of the two must be on the disk after a crash. And
 * what adapters their rows were computed with, and how those were made.
 */
final class SnapshotBook {
    /** A snapshot by owner and name. */
    record Name(String owner, String name) implements Comparable<Name> {
        @Override
        public int compareTo(Name other) {
            int byOwner = owner.compareTo(other.owner);
            return byOwner != 0 ? byOwner : name.compareTo(other.name);
        }
    }

    private final Map<Name, List<Optional<int[]>>> states = new TreeMap<>();
    private final Map<Name, List<Optional<AdapterId>>> rows = new TreeMap<>();
    private final Map<AdapterId, AdapterRecipe> recipes = new HashMap<>();

    private List<Optional<int[]>> states(Name name) {
        return states.computeIfAbsent(name, n -> new ArrayList<>(List.of(Optional.empty())));
    }

    /** A program asks for a snapshot of these tokens, or for its end. */
    void asks(Name name, Optional<int[]> next) {
        states(name).add(next);
    }

    /** It was told that this is so now. */
    void told(Name name, Optional<int[]> now) {
        states.put(name, new ArrayList<>(List.of(now)));
    }

    /** An adapter was made: snapshots of rows with it can be opened where it is made again. */
    void made(AdapterId adapter, AdapterRecipe recipe) {
        recipes.put(content(adapter), recipe);
    }

    /** Return how an adapter was made, empty for what a seed made of one: nobody can load that. */
    Optional<AdapterRecipe> recipe(AdapterId adapter) {
        return Optional.ofNullable(recipes.get(content(adapter)));
    }

    private static AdapterId content(AdapterId adapter) {
        return new AdapterId("", adapter.high(), adapter.low());
    }

    /** Note with which adapter each row was computed that is saved. */
    void saved(Name name, List<Optional<AdapterId>> adapters) {
        rows.put(name, adapters);
    }

    /** Return that of the last save. */
    List<Optional<AdapterId>> saved(Name name) {
        return rows.getOrDefault(name, List.of());
    }

    List<Name> names() {
        return List.copyOf(states.keySet());
    }

    /** Say whether a snapshot may have these tokens now, or not be there. */
    boolean may(Name name, Optional<int[]> found) {
        for (Optional<int[]> state : states(name)) {
            boolean same = state.isPresent() == found.isPresent()
                    && (state.isEmpty() || Arrays.equals(state.get(), found.get()));
            if (same) {
                return true;
            }
        }
        return false;
    }

    String of(Name name) {
        List<String> all = new ArrayList<>();
        for (Optional<int[]> state : states(name)) {
            all.add(state.map(Arrays::toString).orElse("absent"));
        }
        return String.join(" or ", all);
    }
}
