package pie.cpu.arch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.Rope;
import pie.engine.PieException;
import pie.engine.model.Dequantizer;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Tensor;
import pie.engine.model.Traits;

/**
 * Pack the weights of a model file, layer by layer. It knows no families: files of all of them name their tensors alike, and
 * {@link Traits} say what a layer has.
 */
public final class DecoderLoader {
    private static final int REPORT = 8;

    private final ModelFiles model;
    private final ModelConfig config;
    private final Traits traits;
    private final int maxContext;
    private final Packer packer;
    private final Consumer<String> progress;

    /**
     * @param maxContext longest context that is run
     * @param progress told after every few layers
     */
    public DecoderLoader(ModelFiles model, int maxContext, Packer packer, Consumer<String> progress) {
        this.model = model;
        this.maxContext = maxContext;
        this.packer = packer;
        this.progress = progress;
        config = model.config();
        traits = config.traits();
    }

    public Decoder load() {
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(i, "blk." + i + "."));
            if ((i + 1) % REPORT == 0 || i + 1 == config.layers()) {
                progress.accept(packer.stage() + " " + (i + 1) + "/" + config.layers());
            }
        }
        Piece table = plain("token_embd.weight");
        PackedMatrix embedding = packer.matrix(table);
        Linear head = config.tiedEmbeddings() || model.find("output.weight").isEmpty()
                ? packer.linear(table, embedding)
                : linear(plain("output.weight"));
        return new Decoder(config, embedding, layers, vector("output_norm.weight"), head, ropes());
    }

    private DecoderLayer layer(int index, String at) {
        Piece query = rotary(at + "attn_q.weight");
        Piece key = rotary(at + "attn_k.weight");
        Linear qkv = linear(query, key, plain(at + "attn_v.weight"));
        float[] bias = config.attentionBias()
                ? bias(qkv, rotary(at + "attn_q.bias"), rotary(at + "attn_k.bias"), plain(at + "attn_v.bias"))
                : new float[0];
        return new DecoderLayer(
                traits.kind(index),
                vector(at + "attn_norm.weight"),
                qkv,
                bias,
                traits.headNorms() ? vector(rotary(at + "attn_q_norm.weight")) : new float[0],
                traits.headNorms() ? vector(rotary(at + "attn_k_norm.weight")) : new float[0],
                linear(plain(at + "attn_output.weight")),
                traits.postNorms() ? vector(at + "post_attention_norm.weight") : new float[0],
                vector(at + "ffn_norm.weight"),
                feedForward(at),
                traits.postNorms() ? vector(at + "post_ffw_norm.weight") : new float[0]);
    }

    private FeedForward feedForward(String at) {
        Optional<Traits.Experts> experts = traits.experts();
        if (experts.isEmpty()) {
            return dense(at, ".weight");
        }
        Linear router = linear(plain(at + "ffn_gate_inp.weight"));
        List<FeedForward.Dense> parts = new ArrayList<>();
        for (int e = 0; e < experts.get().count(); e++) {
            parts.add(dense(at, "." + e + ".weight"));
        }
        return new FeedForward.Mixture(router, parts);
    }

    private FeedForward.Dense dense(String at, String which) {
        return new FeedForward.Dense(
                linear(plain(at + "ffn_gate" + which), plain(at + "ffn_up" + which)),
                linear(plain(at + "ffn_down" + which)));
    }

    private List<Rope> ropes() {
        float magnitude = traits.ropeMagnitude();
        Rope global = new Rope(config.ropeBase(), config.rotaryDim(), config.ropeScaling(maxContext), magnitude);
        boolean local = traits.kinds().stream().anyMatch(kind -> kind.rotation() == Traits.Rotation.LOCAL);
        return local
                ? List.of(global, new Rope(traits.localRopeBase(), config.rotaryDim(), null, magnitude))
                : List.of(global);
    }

    /** Return the tensor, rows in their own order. */
    private Piece plain(String name) {
        return new Piece(model.tensor(name), 0, 0);
    }

    /** Return the tensor, rows of each head put in the order of {@link Rope}. */
    private Piece rotary(String name) {
        return config.ropeInterleaved()
                ? new Piece(model.tensor(name), config.headDim(), config.rotaryDim())
                : plain(name);
    }

    /** Pack matrices of equal inputs side by side. */
    private Linear linear(Piece... pieces) {
        return packer.linear(List.of(pieces));
    }

    /** Return the biases of a linear's parts, laid out as its output. */
    private float[] bias(Linear linear, Piece... pieces) {
        float[] all = new float[linear.stride()];
        for (int p = 0; p < pieces.length; p++) {
            float[] values = vector(pieces[p]);
            System.arraycopy(values, 0, all, linear.offset(p), values.length);
        }
        return all;
    }

    private float[] vector(String name) {
        return vector(plain(name));
    }

    private static float[] vector(Piece piece) {
        Tensor tensor = piece.tensor();
        if (tensor.rows() != 1 && tensor.columns() != 1) {
            throw PieException.invalid("tensor " + tensor.name() + " should be a vector but is " + tensor.rows() + " x "
                    + tensor.columns() + ": the file is damaged or of another architecture");
        }
        float[] stored = new float[tensor.rows() * tensor.columns()];
        Dequantizer.rows(tensor, 0, tensor.rows(), stored, 0);
        float[] values = new float[stored.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored[piece.source(i)];
        }
        return values;
    }
}
