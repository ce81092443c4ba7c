package pie.cuda.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import pie.cuda.NumberFormat;
import pie.cuda.api.CudaApi;
import pie.cuda.model.RowOrder.Part;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.Dequantizer;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Tensor;

/**
 * Load the families that the kernels run: {@code llama} (Touvron et al., 2023) and {@code qwen2} (Yang et al., 2024), which differ in
 * biases of queries, keys and values.
 */
public final class ModelLoader {
    private static final Set<String> FAMILIES = Set.of("llama", "qwen2");
    private static final Set<Integer> HEAD_DIMS = Set.of(16, 32, 64, 80, 96, 128);
    private static final int REPORT = 8;

    private final ModelFiles files;
    private final ModelConfig config;
    private final Uploader uploader;
    private final Consumer<String> progress;

    private ModelLoader(ModelFiles files, Uploader uploader, Consumer<String> progress) {
        this.files = files;
        this.uploader = uploader;
        this.progress = progress;
        config = files.config();
    }

    /** @throws PieException UNSUPPORTED for an architecture or shape that no kernel runs */
    public static void check(ModelConfig config) {
        if (!FAMILIES.contains(config.architecture())) {
            throw unsupported(
                    "the cuda driver does not run models of architecture " + config.architecture()
                            + "; it runs llama, qwen2",
                    "architecture",
                    config.architecture());
        }
        if (!HEAD_DIMS.contains(config.headDim())) {
            throw unsupported(
                    "the cuda driver has no attention for heads of " + config.headDim()
                            + " dimensions; it has 16, 32, 64, 80, 96, 128",
                    "head_dim",
                    config.headDim());
        }
        if (config.rotaryDim() % PackedMatrix.TILE_ROWS != 0 || config.hidden() % 8 != 0) {
            throw unsupported(
                    "the cuda driver rotates multiples of 16 dimensions and norms multiples of 8, not "
                            + config.rotaryDim() + " and " + config.hidden(),
                    "rotary_dim",
                    config.rotaryDim());
        }
    }

    private static PieException unsupported(String message, String name, Object value) {
        return new PieException(ErrorCode.UNSUPPORTED, message, Map.of(name, value));
    }

    /**
     * @param angleRows positions from 0 that get angles
     * @param plain whether matrices are also kept row by row, for libraries
     */
    public static DeviceModel load(
            ModelFiles files,
            CudaApi api,
            NumberFormat format,
            int angleRows,
            boolean plain,
            Consumer<String> progress) {
        try (Uploader uploader = new Uploader(api, format, plain)) {
            return new ModelLoader(files, uploader, progress).load(angleRows);
        }
    }

    private DeviceModel load(int angleRows) {
        Tensor table = files.tensor("token_embd.weight");
        PackedMatrix embedding = matrix(config.vocab(), plain(table));
        PackedMatrix head =
                config.tiedEmbeddings() || files.find("output.weight").isEmpty()
                        ? embedding
                        : matrix(config.vocab(), plain(files.tensor("output.weight")));
        List<DeviceLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer("blk." + i + "."));
            if ((i + 1) % REPORT == 0 || i + 1 == config.layers()) {
                progress.accept("uploading weights " + (i + 1) + "/" + config.layers());
            }
        }
        long outputNorm = vector("output_norm.weight");
        long angles = uploader.floats(angles(angleRows));
        return new DeviceModel(config, embedding, layers, outputNorm, head, angles, angleRows, uploader.bytes());
    }

    private DeviceLayer layer(String at) {
        Part q = rotary(at + "attn_q.weight");
        Part k = rotary(at + "attn_k.weight");
        Part v = plain(files.tensor(at + "attn_v.weight"));
        int qkvRows = q.tensor().rows() + k.tensor().rows() + v.tensor().rows();
        boolean biased = config.attentionBias() || config.architecture().equals("qwen2");
        return new DeviceLayer(
                vector(at + "attn_norm.weight"),
                matrix(qkvRows, q, k, v),
                biased
                        ? bias(
                                rotary(at + "attn_q.bias"),
                                rotary(at + "attn_k.bias"),
                                plain(files.tensor(at + "attn_v.bias")))
                        : 0,
                matrix(config.hidden(), plain(files.tensor(at + "attn_output.weight"))),
                vector(at + "ffn_norm.weight"),
                uploader.matrix(
                        new RowOrder.Gated(files.tensor(at + "ffn_gate.weight"), files.tensor(at + "ffn_up.weight")),
                        config.ffn()),
                matrix(config.hidden(), plain(files.tensor(at + "ffn_down.weight"))));
    }

    private PackedMatrix matrix(int outputs, Part... parts) {
        return uploader.matrix(new RowOrder.Stacked(List.of(parts)), outputs);
    }

    private static Part plain(Tensor tensor) {
        return new Part(tensor, 0, 0, false);
    }

    private Part rotary(String name) {
        return new Part(files.tensor(name), config.headDim(), config.rotaryDim(), config.ropeInterleaved());
    }

    private long vector(String name) {
        return uploader.floats(values(files.tensor(name)));
    }

    private long bias(Part... parts) {
        float[] all = new float
                [Arrays.stream(parts).mapToInt(p -> values(p.tensor()).length).sum()];
        int at = 0;
        for (Part part : parts) {
            float[] values = values(part.tensor());
            for (int i = 0; i < values.length; i++) {
                all[at + i] = values[part.source(i)];
            }
            at += values.length;
        }
        return uploader.floats(all);
    }

    private static float[] values(Tensor tensor) {
        if (tensor.rows() != 1 && tensor.columns() != 1) {
            throw PieException.invalid("tensor " + tensor.name() + " should be a vector but is " + tensor.rows() + " x "
                    + tensor.columns() + ": the file is damaged or of another architecture");
        }
        float[] values = new float[tensor.rows() * tensor.columns()];
        Dequantizer.rows(tensor, 0, tensor.rows(), values, 0);
        return values;
    }

    private float[] angles(int rows) {
        int half = config.rotaryDim() / 2;
        float[] angles = new float[Math.multiplyExact(rows, 2 * half)];
        double[] frequency = frequencies(config);
        IntStream.range(0, rows)
                .parallel()
                .forEach(position -> angles(position, frequency, angles, position * 2 * half));
        return angles;
    }

    /** Return the angle of each pair of a head at position 1. */
    public static double[] frequencies(ModelConfig config) {
        float[] scaling = config.ropeScaling();
        double[] frequency = new double[config.rotaryDim() / 2];
        for (int i = 0; i < frequency.length; i++) {
            frequency[i] = StrictMath.pow(config.ropeBase(), -2.0 * i / config.rotaryDim())
                    / (scaling == null ? 1 : scaling[i]);
        }
        return frequency;
    }

    /** Write cosine and sine of each pair at a position. */
    public static void angles(int position, double[] frequency, float[] out, int at) {
        for (int i = 0; i < frequency.length; i++) {
            double angle = position * frequency[i];
            out[at + 2 * i] = (float) StrictMath.cos(angle);
            out[at + 2 * i + 1] = (float) StrictMath.sin(angle);
        }
    }
}
