package pie.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import tools.jackson.databind.JsonNode;

/**
 * Describe SmolLM3: Llama with every fourth layer blind to positions. Source: Yang et al., Rope to Nope and Back Again, 2025, and the
 * configuration of SmolLM3-3B.
 */
final class SmolLm3 extends Family {
    private static final int INTERVAL = 4;

    @Override
    String name() {
        return "smollm3";
    }

    @Override
    boolean interleavedInGguf() {
        return true;
    }

    @Override
    Traits traits(GgufConfig config) {
        return traits(config.layers(), layer -> (layer + 1) % INTERVAL != 0);
    }

    @Override
    Traits traits(HfConfig config) {
        JsonFile json = config.json();
        int interval = json.size("no_rope_layer_interval", 1, Integer.MAX_VALUE, INTERVAL);
        return json.find("no_rope_layers")
                .map(list -> {
                    if (!list.isArray() || list.size() != config.layers()) {
                        throw json.broken("no_rope_layers", "must list " + config.layers() + " layers");
                    }
                    return traits(config.layers(), layer -> rotates(list.get(layer)));
                })
                .orElseGet(() -> traits(config.layers(), layer -> (layer + 1) % interval != 0));
    }

    private static boolean rotates(JsonNode flag) {
        return flag.asInt(0) != 0;
    }

    private static Traits traits(int layers, IntPredicate rotates) {
        List<Traits.Kind> kinds = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            kinds.add(new Traits.Kind(0, rotates.test(layer) ? Traits.Rotation.GLOBAL : Traits.Rotation.NONE));
        }
        return Traits.PLAIN.withKinds(kinds);
    }
}
