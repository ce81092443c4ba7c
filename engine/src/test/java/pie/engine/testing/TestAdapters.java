package pie.engine.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.LoraPair;
import pie.engine.model.ModelConfig;

/** Make adapters of random numbers. */
public final class TestAdapters {
    private TestAdapters() {}

    /**
     * Return an adapter of all matrices of a model's layers, of different ranks; of one matrix that no model has, if there is no model.
     *
     * @param scale 0: it adds nothing
     */
    public static LoraAdapter random(Optional<ModelConfig> model, long seed, int rank, float scale) {
        Random random = new Random(seed);
        List<LoraPair> targets = new ArrayList<>();
        if (model.isEmpty()) {
            targets.add(target("blk.0.attn_q.weight", rank, 3, 5, scale, random));
        } else {
            ModelConfig m = model.get();
            int queries = m.heads() * m.headDim();
            int keys = m.kvHeads() * m.headDim();
            for (int i = 0; i < m.layers(); i++) {
                String at = "blk." + i + ".";
                targets.add(target(at + "attn_q.weight", rank, m.hidden(), queries, scale, random));
                targets.add(target(at + "attn_k.weight", rank + 1, m.hidden(), keys, scale, random));
                targets.add(target(at + "attn_v.weight", rank, m.hidden(), keys, scale, random));
                targets.add(target(at + "attn_output.weight", rank + 3, queries, m.hidden(), scale, random));
                targets.add(target(at + "ffn_gate.weight", 1, m.hidden(), m.ffn(), scale, random));
                targets.add(target(at + "ffn_up.weight", rank, m.hidden(), m.ffn(), scale, random));
                targets.add(target(at + "ffn_down.weight", rank, m.ffn(), m.hidden(), scale, random));
            }
        }
        return new LoraAdapter("random " + seed, targets);
    }

    /** Return an adapter of one matrix. */
    public static LoraAdapter of(String tensor, int rank, int inputs, int outputs) {
        return new LoraAdapter("one", List.of(target(tensor, rank, inputs, outputs, 1, new Random(1))));
    }

    /** Numbers are such that an output changes by some tenths of a unit input. */
    private static LoraPair target(String tensor, int rank, int inputs, int outputs, float scale, Random random) {
        float[] a = new float[rank * inputs];
        float[] b = new float[outputs * rank];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = (float) (random.nextGaussian() * 0.3 / Math.sqrt(rank));
        }
        return new LoraPair(tensor, rank, inputs, outputs, scale, a, b);
    }
}
