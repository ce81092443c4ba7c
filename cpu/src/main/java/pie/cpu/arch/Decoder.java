package pie.cpu.arch;

import java.util.List;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.Rope;
import pie.engine.model.ModelConfig;

/**
 * Hold the packed weights of a decoder-only transformer.
 *
 * @param embedding [hidden, vocab]: column = token
 * @param head logits of normalised rows
 */
public record Decoder(
        ModelConfig config,
        PackedMatrix embedding,
        List<DecoderLayer> layers,
        float[] outputNorm,
        Linear head,
        Rope rope) {
    public Decoder {
        layers = List.copyOf(layers);
    }
}
