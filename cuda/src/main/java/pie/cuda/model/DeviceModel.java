package pie.cuda.model;

import java.util.List;
import pie.engine.model.ModelConfig;

/**
 * Name the weights of a decoder-only transformer on the device.
 *
 * @param embedding a row a token; also the head where both are one
 * @param outputNorm address of f32
 * @param angles address of cosines and sines, f32 pairs, {@code angleRows} rows of {@code rotaryDim / 2}
 * @param bytes device memory of all
 */
public record DeviceModel(
        ModelConfig config,
        PackedMatrix embedding,
        List<DeviceLayer> layers,
        long outputNorm,
        PackedMatrix head,
        long angles,
        int angleRows,
        long bytes) {
    public DeviceModel {
        layers = List.copyOf(layers);
    }
}
