package pie.cpu.arch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.Rope;
import pie.engine.PieException;
import pie.engine.model.Dequantizer;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Tensor;

/** Hand out the weights of a model file in packed form, under the names that GGUF gives them. */
public final class WeightLoader {
    private static final int REPORT = 8;

    private final ModelFiles model;
    private final ModelConfig config;
    private final Packer packer;
    private final Consumer<String> progress;

    /** @param progress told after every few layers */
    public WeightLoader(ModelFiles model, Packer packer, Consumer<String> progress) {
        this.model = model;
        this.packer = packer;
        this.progress = progress;
        config = model.config();
    }

    ModelConfig config() {
        return config;
    }

    /** Return the tensor, rows in their own order. */
    Piece plain(String name) {
        return new Piece(model.tensor(name), 0, 0);
    }

    /** Return the tensor, rows of each head put in the order of {@link Rope}. */
    Piece rotary(String name) {
        return config.ropeInterleaved()
                ? new Piece(model.tensor(name), config.headDim(), config.rotaryDim())
                : plain(name);
    }

    float[] vector(String name) {
        return values(model.tensor(name));
    }

    /** Pack matrices of equal inputs side by side. */
    Linear linear(Piece... pieces) {
        return packer.linear(List.of(pieces));
    }

    /** Return the biases of a linear's parts, laid out as its output. */
    float[] bias(Linear linear, Piece... pieces) {
        float[] all = new float[linear.stride()];
        for (int p = 0; p < pieces.length; p++) {
            float[] values = values(pieces[p].tensor());
            for (int i = 0; i < values.length; i++) {
                all[linear.offset(p) + i] = values[pieces[p].source(i)];
            }
        }
        return all;
    }

    /** Load all layers, given the prefix of each one's names. */
    List<DecoderLayer> layers(Function<String, DecoderLayer> load) {
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(load.apply("blk." + i + "."));
            if ((i + 1) % REPORT == 0 || i + 1 == config.layers()) {
                progress.accept(packer.stage() + " " + (i + 1) + "/" + config.layers());
            }
        }
        return layers;
    }

    /** Join layers with embedding, output norm and head. */
    Decoder decoder(List<DecoderLayer> layers) {
        Piece table = plain("token_embd.weight");
        PackedMatrix embedding = packer.matrix(table);
        Linear head = config.tiedEmbeddings() || model.find("output.weight").isEmpty()
                ? packer.linear(table, embedding)
                : linear(plain("output.weight"));
        Rope rope = new Rope(config.ropeBase(), config.rotaryDim(), config.ropeScaling());
        return new Decoder(config, embedding, layers, vector("output_norm.weight"), head, rope);
    }

    private static float[] values(Tensor tensor) {
        if (tensor.rows() != 1) {
            if (tensor.columns() != 1) {
                throw PieException.invalid("tensor " + tensor.name() + " should be a vector but is " + tensor.rows()
                        + " x " + tensor.columns() + ": the file is damaged or of another architecture");
            }
        }
        float[] values = new float[tensor.rows() * tensor.columns()];
        Dequantizer.rows(tensor, 0, tensor.rows(), values, 0);
        return values;
    }
}
