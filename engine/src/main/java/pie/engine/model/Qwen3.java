package pie.engine.model;

/** Describe Qwen3: norms on each head of queries and keys in place of biases. Source: Yang et al., Qwen3 technical report, 2025. */
final class Qwen3 extends Family {
    @Override
    String name() {
        return "qwen3";
    }

    @Override
    Traits traits(GgufConfig config) {
        return Traits.PLAIN.withHeadNorms();
    }

    @Override
    Traits traits(HfConfig config) {
        return Traits.PLAIN.withHeadNorms();
    }
}
