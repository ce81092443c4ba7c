package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Measure engines in turns, the first one rotating, so that what else the machine does meets all of them. */
final class Turns {
    /** Put one load on one engine. */
    interface Shape<E, R> {
        /** @param repeat from 0; those of the warm-up are below */
        R run(E engine, int repeat) throws IOException, InterruptedException;
    }

    private Turns() {}

    /** Return what came out, by the name of the engine and in the order of the repeats. @param from -1 to warm up by one that is not kept */
    static <K, E, R> Map<K, List<R>> run(Map<K, E> engines, int from, int repeats, Shape<E, R> shape)
            throws IOException, InterruptedException {
        List<K> names = List.copyOf(engines.keySet());
        Map<K, List<R>> results = new LinkedHashMap<>();
        names.forEach(name -> results.put(name, new ArrayList<>()));
        for (int repeat = from; repeat < repeats; repeat++) {
            for (int i = 0; i < names.size(); i++) {
                K name = names.get(Math.floorMod(i + repeat, names.size()));
                R result = shape.run(Objects.requireNonNull(engines.get(name)), repeat);
                if (repeat >= 0) {
                    results.getOrDefault(name, new ArrayList<>()).add(result);
                }
            }
        }
        return results;
    }
}
