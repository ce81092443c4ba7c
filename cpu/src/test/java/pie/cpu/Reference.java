package pie.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Outputs of an independent implementation, as {@code make_reference.py} writes them. */
public record Reference(List<Item> items) {
    public record Item(String prompt, int[] promptIds, int[] greedyIds, float[] gaps, int[] topIds, float[] topLogits) {
        @Override
        public String toString() {
            return prompt;
        }
    }

    public static Reference read(String resource) {
        try (InputStream in = Reference.class.getResourceAsStream("/reference/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            List<Item> items = new ArrayList<>();
            for (JsonNode n : new ObjectMapper().readTree(in).get("items")) {
                items.add(new Item(
                        n.get("prompt").asString(),
                        ints(n.get("prompt_ids")),
                        ints(n.get("greedy_ids")),
                        floats(n.get("top1_top2_gap")),
                        ints(n.get("top10_ids")),
                        floats(n.get("top10_logits"))));
            }
            return new Reference(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(JsonNode n) {
        int[] values = new int[n.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = n.get(i).asInt();
        }
        return values;
    }

    private static float[] floats(JsonNode n) {
        float[] values = new float[n.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = n.get(i).floatValue();
        }
        return values;
    }
}
