package pie.engine.model;

import java.util.Collections;

/**
 * Describe Mistral: Llama, whose first version lets all layers see a window only. GGUF files of it say {@code llama}. Source: Jiang et
 * al., Mistral 7B, 2023.
 */
final class Mistral extends Family {
    @Override
    String name() {
        return "mistral";
    }

    @Override
    boolean interleavedInGguf() {
        return true;
    }

    @Override
    Traits traits(GgufConfig config) {
        return Traits.PLAIN;
    }

    @Override
    Traits traits(HfConfig config) {
        Traits.Kind kind = new Traits.Kind(config.window(), Traits.Rotation.GLOBAL);
        return Traits.PLAIN.withKinds(Collections.nCopies(config.layers(), kind));
    }
}
