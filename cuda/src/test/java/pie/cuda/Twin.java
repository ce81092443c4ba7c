package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;

/** Hold an open device with the shipped kernels, for tests that compare them with plain loops. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Twin {
    final Random random = new Random(7);
    CudaApi api;
    Arena arena;
    Kernels kernels;
    DeviceData data;
    /** Stands between the kernels and the device; a test may plant a defect there. */
    UnaryOperator<CudaApi> change = UnaryOperator.identity();

    @BeforeAll
    void open() {
        Gpu.require();
        api = change.apply(JCudaApi.open(0));
        arena = Arena.ofShared();
        api.load(KernelSource.ptx(format()).getBytes(StandardCharsets.US_ASCII));
        kernels = new Kernels(api, arena, false);
        data = new DeviceData(api, format());
    }

    @AfterAll
    void close() {
        if (api != null) {
            api.close();
            arena.close();
        }
    }

    NumberFormat format() {
        return NumberFormat.F16;
    }

    /** Relative size of half a unit of the format's last place. */
    final float unit() {
        return format() == NumberFormat.F16 ? 0x1p-11f : 0x1p-8f;
    }

    static void close(String what, float[] actual, float[] expected, float relative, float absolute) {
        assertThat(actual).as(what).hasSize(expected.length);
        for (int i = 0; i < actual.length; i++) {
            float allowed = absolute + relative * Math.abs(expected[i]);
            if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
                assertThat(actual[i])
                        .as("%s: value %d of %d, allowed %s", what, i, actual.length, allowed)
                        .isEqualTo(expected[i]);
            }
        }
    }

    /** Lay out a matrix as {@link pie.cuda.model.PackedMatrix} says. */
    static float[] packed(float[] values, int rows, int columns) {
        int tiles = (rows + 63) / 64 * 4;
        int columnTiles = (columns + 31) / 32;
        float[] packed = new float[tiles * columnTiles * 512];
        for (int n = 0; n < rows; n++) {
            for (int k = 0; k < columns; k++) {
                int tile = n / 16 * columnTiles + k / 32;
                packed[tile * 512 + n % 16 / 8 * 256 + n % 8 * 32 + k % 32] = values[n * columns + k];
            }
        }
        return packed;
    }

    /** Return the sums of squares of each 16 columns. */
    static float[] squares(float[] x, int rows, int columns) {
        int parts = (columns + 15) / 16;
        float[] squares = new float[rows * parts];
        for (int i = 0; i < rows * columns; i++) {
            squares[i / columns * parts + i % columns / 16] += x[i] * x[i];
        }
        return squares;
    }

    /** Return rows divided by their root mean square and multiplied by weights, in double, not rounded. */
    static float[] normed(float[] x, float[] weight, int rows, float epsilon) {
        int columns = weight.length;
        float[] out = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = 0; i < columns; i++) {
                sum += (double) x[row * columns + i] * x[row * columns + i];
            }
            double scale = 1 / Math.sqrt(sum / columns + epsilon);
            for (int i = 0; i < columns; i++) {
                out[row * columns + i] = (float) (x[row * columns + i] * scale * weight[i]);
            }
        }
        return out;
    }
}
