package pie.engine.model;

/** Describe Qwen2 and Qwen2.5: Llama with biases on queries, keys and values. Source: Yang et al., Qwen2 technical report, 2024. */
final class Qwen2 extends Family {
    @Override
    String name() {
        return "qwen2";
    }

    @Override
    boolean biased() {
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
