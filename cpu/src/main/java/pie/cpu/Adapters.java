package pie.cpu;

import pie.cpu.kernel.LowRank;
import pie.engine.PieException;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.ModelConfig;

/** Keep the loaded adapters, by number and layer. Changed between steps only, on the thread that leads them. */
final class Adapters {
    static final int MOST = 64;
    static final int MOST_RANK = 256;

    /** What an adapter adds to the matrices of a layer. */
    record Layer(LowRank query, LowRank key, LowRank value, LowRank output, LowRank gate, LowRank up, LowRank down) {}

    private final ModelConfig config;
    private final Layer[][] loaded = new Layer[MOST + 1][0];

    Adapters(ModelConfig config) {
        this.config = config;
    }

    /** @throws PieException INVALID_ARGUMENT or UNSUPPORTED for a number, target or shape that there is not */
    void load(int number, LoraAdapter adapter) {
        check(number);
        loaded[number] = new Layer[0];
        adapter.check(config, MOST_RANK);
        Layer[] layers = new Layer[config.layers()];
        for (int i = 0; i < layers.length; i++) {
            String at = "blk." + i + ".";
            layers[i] = new Layer(
                    part(adapter, at + "attn_q.weight"),
                    part(adapter, at + "attn_k.weight"),
                    part(adapter, at + "attn_v.weight"),
                    part(adapter, at + "attn_output.weight"),
                    part(adapter, at + "ffn_gate.weight"),
                    part(adapter, at + "ffn_up.weight"),
                    part(adapter, at + "ffn_down.weight"));
        }
        loaded[number] = layers;
    }

    void unload(int number) {
        check(number);
        loaded[number] = new Layer[0];
    }

    private static void check(int number) {
        if (number < 1 || number > MOST) {
            throw PieException.invalid("adapter " + number + " is not in 1 .. " + MOST);
        }
    }

    private static LowRank part(LoraAdapter adapter, String tensor) {
        return adapter.target(tensor).map(LowRank::of).orElse(LowRank.NONE);
    }

    /** @throws PieException INVALID_ARGUMENT for a request whose adapter is not loaded; returns whether any has one */
    boolean use(ForwardBatch batch) {
        boolean any = false;
        for (int r = 0; r < batch.requests; r++) {
            int number = batch.adapter[r];
            if (number != 0 && (number < 1 || number > MOST || loaded[number].length == 0)) {
                throw PieException.invalid("adapter " + number + " of request " + r + " is not loaded");
            }
            any |= number != 0;
        }
        return any;
    }

    Layer layer(int number, int index) {
        return loaded[number][index];
    }
}
