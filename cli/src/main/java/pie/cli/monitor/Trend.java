package pie.cli.monitor;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Keep what graphs are drawn of: the server's history when the monitor came, then what the snapshots say. */
final class Trend {
    static final int SECONDS = 600;

    private final Map<String, Map<Graph, double[]>> models = new HashMap<>();

    /** Take the server's history over. */
    synchronized void seed(JsonNode history) {
        for (JsonNode model : history.path("models")) {
            Map<Graph, double[]> series = new EnumMap<>(Graph.class);
            for (Graph graph : Graph.values()) {
                double[] values = empty();
                JsonNode given = model.path("series").path(graph.word());
                for (int i = 0; i < Math.min(SECONDS, given.size()); i++) {
                    JsonNode value = given.get(given.size() - 1 - i);
                    values[SECONDS - 1 - i] = value.isNumber() ? value.asDouble() : Double.NaN;
                }
                series.put(graph, values);
            }
            models.put(model.path("name").asString(""), series);
        }
    }

    private static double[] empty() {
        double[] values = new double[SECONDS];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /** Add one second. */
    synchronized void add(Snapshot snapshot) {
        for (Snapshot.Model model : snapshot.models()) {
            for (Graph graph : Graph.values()) {
                push(model.name(), graph, graph.of(snapshot, model));
            }
        }
    }

    /** Leave a gap of a second in every graph. */
    synchronized void gap() {
        models.keySet().forEach(model -> {
            for (Graph graph : Graph.values()) {
                push(model, graph, Double.NaN);
            }
        });
    }

    private void push(String model, Graph graph, double value) {
        double[] values = models.computeIfAbsent(model, name -> new EnumMap<>(Graph.class))
                .computeIfAbsent(graph, g -> empty());
        System.arraycopy(values, 1, values, 0, SECONDS - 1);
        values[SECONDS - 1] = value;
    }

    /** Return the values of a graph, oldest first, NaN where there is none. */
    synchronized double[] series(String model, Graph graph) {
        Map<Graph, double[]> series = models.get(model);
        double[] values = series == null ? null : series.get(graph);
        return values == null ? empty() : values.clone();
    }
}
