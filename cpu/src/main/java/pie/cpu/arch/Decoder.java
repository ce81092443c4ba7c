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
 * @param ropes of the rotations that its layers use, by their ordinal; equal ones are one
 */
public record Decoder(
        ModelConfig config,
        PackedMatrix embedding,
        List<DecoderLayer> layers,
        float[] outputNorm,
        Linear head,
        List<Rope> ropes) {
    public Decoder {
        layers = List.copyOf(layers);
        ropes = List.copyOf(ropes);
    }
}
