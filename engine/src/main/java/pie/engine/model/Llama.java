package pie.engine.model;

/** Describe SmolLM2, TinyLlama, Llama 2 and 3. Source: Touvron et al., LLaMA, 2023. */
final class Llama extends Family {
    @Override
    String name() {
        return "llama";
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
        return Traits.PLAIN;
    }
}
