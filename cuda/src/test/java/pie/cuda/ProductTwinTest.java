package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compare products, with what is fused into them, with plain loops, for rows with and without adapters. All widths, and rows normed beforehand or
 * as they are read, must give the same bits.
 */
@Tag("gpu")
@ExtendWith(Gpu.class)
class ProductTwinTest extends Twin {
    private static final int[] WIDTHS = {8, 16, 32, 64};
    private static final int MOST_RANK = 24;

    /** Two adapters of a matrix, on the host and the device; of rows, each third has none. */
    private final class Adapters {
        final int outputs;
        final int inputs;
        final int[] ranks = {5, 16};
        final float[][] a = new float[2][];
        final float[][] b = new float[2][];
        final int[] ofRow;
        final long table;
        final long rows;
        final long shrunk;

        /** @param outputs packed rows of the matrix */
        Adapters(int rowCount, int outputs, int inputs) {
            this.outputs = outputs;
            this.inputs = inputs;
            ofRow = new int[rowCount];
            Arrays.setAll(ofRow, row -> row % 3 - 1);
            long[] words = new long[6];
            int paddedOutputs = (outputs + 15) / 16 * 16;
            for (int i = 0; i < 2; i++) {
                a[i] = data.random(random, ranks[i] * inputs, 1 / (float) Math.sqrt(inputs));
                b[i] = data.random(random, paddedOutputs * ranks[i], 0.2f);
                words[3 * i] = data.floats(a[i]);
                words[3 * i + 1] = data.floats(b[i]);
                words[3 * i + 2] = ranks[i];
            }
            table = data.longs(words);
            rows = data.ints(ofRow);
            shrunk = data.zeros(4L * rowCount * MOST_RANK);
        }

        /** Return what row m's adapter adds to each output, from the inputs that the device sees. */
        double[] added(float[] x, int m) {
            double[] sum = new double[outputs];
            if (ofRow[m] < 0) {
                return sum;
            }
            int i = ofRow[m];
            for (int r = 0; r < ranks[i]; r++) {
                double h = 0;
                for (int k = 0; k < inputs; k++) {
                    h += (double) a[i][r * inputs + k] * x[m * inputs + k];
                }
                for (int n = 0; n < outputs; n++) {
                    sum[n] += h * b[i][n * ranks[i] + r];
                }
            }
            return sum;
        }

        Object[] arguments() {
            return new Object[] {table, rows, shrunk, MOST_RANK};
        }

        void shrink(long counts, long x, int stride, int rowCount) {
            kernels.shrinkPlain()
                    .with(counts, rows, table, x, stride, inputs, shrunk, MOST_RANK)
                    .launch(rowCount, 2);
        }
    }

    private static Object[] arguments(Object... groups) {
        return Arrays.stream(groups)
                .flatMap(g -> g instanceof Object[] more ? Arrays.stream(more) : java.util.stream.Stream.of(g))
                .toArray();
    }

    private static double[] product(float[] w, float[] x, int m, int outputs, int inputs) {
        double[] sums = new double[outputs];
        for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < inputs; k++) {
                sums[n] += (double) w[n * inputs + k] * x[m * inputs + k];
            }
        }
        return sums;
    }

    private static int grid(int width, int packedRows) {
        int tiles = (packedRows + 63) / 64 * 4;
        return width == 64 ? tiles / 4 : tiles;
    }

    private static void launch(Kernel kernel, int width, int packedRows, int rows) {
        kernel.launch(grid(width, packedRows), (rows + width - 1) / width);
    }

    @ParameterizedTest
    @CsvSource({"1,64,64", "8,960,576", "13,80,96", "40,576,1536", "70,128,64", "130,192,320"})
    void productsAgreeWithSumsForEveryWidth(int rows, int outputs, int inputs) {
        float[] w = data.random(random, outputs * inputs, 0.1f);
        float[] x = data.random(random, rows * inputs, 1);
        Object[] product = {data.ints(rows), data.numbers(packed(w, outputs, inputs)), inputs / 32, outputs};
        Object[] input = {data.numbers(x), inputs};
        Adapters adapters = new Adapters(rows, outputs, inputs);
        int parts = (outputs + 15) / 16;
        float[] expected = new float[rows * outputs];
        float[] adapted = new float[rows * outputs];
        for (int m = 0; m < rows; m++) {
            double[] sums = product(w, x, m, outputs, inputs);
            double[] added = adapters.added(x, m);
            for (int n = 0; n < outputs; n++) {
                expected[m * outputs + n] = (float) sums[n];
                adapted[m * outputs + n] = (float) (2 * sums[n] + added[n]);
            }
        }
        float allowed = 2e-5f * (float) Math.sqrt(inputs);
        float[] first = new float[0];
        adapters.shrink((long) product[0], (long) input[0], inputs, rows);
        for (int width : WIDTHS) {
            long out = data.zeros(4L * rows * outputs);
            launch(kernels.store(width).with(arguments(product, input, out, outputs)), width, outputs, rows);
            float[] actual = data.readFloats(out, rows * outputs);
            close("store " + width, actual, expected, 1e-4f, allowed);
            long squares = data.zeros(4L * rows * parts);
            Kernel add = kernels.add(width)
                    .with(arguments(product, input, out, outputs, squares, parts, adapters.arguments()));
            launch(add, width, outputs, rows);
            float[] twice = data.readFloats(out, rows * outputs);
            close("add " + width, twice, adapted, 1e-4f, 2 * allowed);
            for (int i = 0; i < twice.length; i++) {
                if (adapters.ofRow[i / outputs] < 0) {
                    assertThat(twice[i]).as("add %d, value %d", width, i).isEqualTo(actual[i] + actual[i]);
                }
            }
            float[] squared = data.readFloats(squares, rows * parts);
            close("squares " + width, squared, squares(twice, rows, outputs), 1e-5f, 0);
            float[] all = Arrays.copyOf(twice, twice.length + squared.length);
            System.arraycopy(squared, 0, all, twice.length, squared.length);
            assertThat(first.length == 0 || Arrays.equals(all, first))
                    .as("width %d gives the bits of width 8", width)
                    .isTrue();
            first = all;
        }
    }

    /** Inputs of a product that norms its rows. */
    private final class NormedRows {
        final float[] weight;
        /** As the device rounds them. */
        final float[] normed;

        final long count;
        final Object[] residual;
        final long plain;
        final int stride;
        final int inputs;

        NormedRows(int rows, int inputs) {
            this.inputs = inputs;
            float[] x = data.random(random, rows * inputs, 3);
            weight = data.random(random, inputs, 1);
            int parts = (inputs + 15) / 16;
            stride = (inputs + 31) / 32 * 32;
            count = data.ints(rows);
            residual = new Object[] {
                data.floats(x), data.floats(squares(x, rows, inputs)), parts, data.floats(weight), 1e-5f, inputs
            };
            plain = data.zeros(2L * rows * stride);
            kernels.rmsNorm()
                    .with(arguments(
                            count, 0L, residual[0], residual[1], parts, residual[3], 1e-5f, inputs, plain, stride))
                    .launch(rows, 1);
            float[] padded = data.readNumbers(plain, rows * stride);
            normed = new float[rows * inputs];
            for (int m = 0; m < rows; m++) {
                System.arraycopy(padded, m * stride, normed, m * inputs, inputs);
            }
            close("normed rows", normed, normed(x, weight, rows, 1e-5f), 1.1f * unit(), 1e-6f);
        }

        /** Shrink by either kernel; both must give the same bits. */
        void shrink(Adapters adapters, int rows) {
            adapters.shrink(count, plain, stride, rows);
            float[] one = data.readFloats(adapters.shrunk, rows * MOST_RANK);
            api.fill(adapters.shrunk, (byte) 0, 4L * rows * MOST_RANK);
            kernels.shrinkNormed()
                    .with(arguments(count, adapters.rows, adapters.table, residual, adapters.shrunk, MOST_RANK))
                    .launch(rows, 1);
            assertThat(data.readFloats(adapters.shrunk, rows * MOST_RANK))
                    .as("shrunk from the residual stream")
                    .isEqualTo(one);
        }
    }

    @ParameterizedTest
    @CsvSource({"3,64,96", "20,100,64", "65,1536,576", "9,40,200"})
    void gatesAndUpsMeet(int rows, int outputs, int inputs) {
        float[] gate = data.random(random, outputs * inputs, 0.2f);
        float[] up = data.random(random, outputs * inputs, 0.2f);
        NormedRows in = new NormedRows(rows, inputs);
        int mixedRows = (outputs + 7) / 8 * 16;
        float[] mixed = new float[mixedRows * inputs];
        for (int n = 0; n < outputs; n++) {
            System.arraycopy(gate, n * inputs, mixed, (n / 8 * 16 + n % 8) * inputs, inputs);
            System.arraycopy(up, n * inputs, mixed, (n / 8 * 16 + 8 + n % 8) * inputs, inputs);
        }
        Adapters adapters = new Adapters(rows, mixedRows, inputs);
        int stride = (outputs + 31) / 32 * 32;
        float[] expected = new float[rows * stride];
        for (int m = 0; m < rows; m++) {
            double[] sums = product(mixed, in.normed, m, mixedRows, inputs);
            double[] added = adapters.added(in.normed, m);
            for (int n = 0; n < outputs; n++) {
                int at = n / 8 * 16 + n % 8;
                double g = sums[at] + added[at];
                expected[m * stride + n] = (float) (g / (1 + Math.exp(-g)) * (sums[at + 8] + added[at + 8]));
            }
        }
        Object[] product = {
            in.count, data.numbers(packed(mixed, mixedRows, inputs)), (inputs + 31) / 32, outputs,
        };
        in.shrink(adapters, rows);
        float[] first = new float[0];
        for (int i = 0; i < 2 * WIDTHS.length; i++) {
            int width = WIDTHS[i % WIDTHS.length];
            boolean fused = i >= WIDTHS.length;
            if (fused && width == 64) {
                continue;
            }
            long out = data.zeros(2L * rows * stride);
            Object[] rest = arguments(out, stride, adapters.arguments());
            Kernel kernel = fused
                    ? kernels.normSwiglu(width).with(arguments(product, in.residual, rest))
                    : kernels.swiglu(width).with(arguments(product, in.plain, in.stride, rest));
            launch(kernel, width, mixedRows, rows);
            float[] actual = data.readNumbers(out, rows * stride);
            close((fused ? "normed swiglu " : "swiglu ") + width, actual, expected, 1.2f * unit() + 2e-4f, 1.5e-3f);
            assertThat(first.length == 0 || Arrays.equals(actual, first))
                    .as("width %d, %s, gives the bits of width 8", width, fused ? "fused" : "plain")
                    .isTrue();
            first = actual;
        }
    }

    /** Queries, keys and values of heads of 32 and 64 dimensions, of which all or some are rotated. */
    @ParameterizedTest
    @CsvSource({"3,32,16,96,true", "20,32,8,64,false", "70,64,32,320,true"})
    void keysAreRotatedAndWrittenToTheirPlaces(int rows, int dim, int half, int inputs, boolean biased) {
        int heads = 4;
        int kvHeads = 2;
        int width = (heads + 2 * kvHeads) * dim;
        float[] w = data.random(random, width * inputs, 0.1f); // in packed order
        float[] bias = data.random(random, width, 1);
        NormedRows in = new NormedRows(rows, inputs);
        Adapters adapters = new Adapters(rows, width, inputs);
        float[] angles = new float[5 * half * 2];
        for (int i = 0; i < angles.length; i += 2) {
            double angle = random.nextDouble() * 6;
            angles[i] = (float) Math.cos(angle);
            angles[i + 1] = (float) Math.sin(angle);
        }
        int pages = rows / 16 + 3;
        int pageNumbers = 2 * 2 * kvHeads * 16 * dim;
        int layer = 2 * kvHeads * 16 * dim;
        int[] positions = new int[rows];
        int[] places = new int[rows];
        for (int m = 0; m < rows; m++) {
            positions[m] = m % 5;
            places[m] = m % 4 == 1 ? -1 : (m * 5 + 3) % (pages * 16); // no two rows have one
        }
        float[] q = new float[rows * heads * dim];
        float[] kept = new float[pages * pageNumbers];
        for (int m = 0; m < rows; m++) {
            double[] y = product(w, in.normed, m, width, inputs);
            double[] added = adapters.added(in.normed, m);
            double[] plain = new double[width];
            for (int i = 0; i < width; i++) {
                plain[i / dim * dim + dimOf(i, dim, half, heads + kvHeads)] = y[i] + added[i] + (biased ? bias[i] : 0);
            }
            for (int i = 0; i < width; i++) {
                int head = i / dim;
                int d = i % dim;
                double v = plain[i];
                if (head < heads + kvHeads && d < 2 * half) {
                    int a = (positions[m] * half + d % half) * 2;
                    double other = plain[d < half ? i + half : i - half];
                    v = v * angles[a] + (d < half ? -other : other) * angles[a + 1];
                }
                if (head < heads) {
                    q[m * heads * dim + i] = (float) v;
                } else if (places[m] >= 0) {
                    int kv = head - heads;
                    int slot = places[m] % 16;
                    int at = places[m] / 16 * pageNumbers + layer;
                    kept[kv < kvHeads ? at + (kv * 16 + slot) * dim + d : at + (kv * dim + d) * 16 + slot] = (float) v;
                }
            }
        }
        Object[] product = {in.count, data.numbers(packed(w, width, inputs)), inputs / 32, width};
        in.shrink(adapters, rows);
        long angleRows = data.ints(positions);
        long placesAt = data.ints(places);
        long biasAt = biased ? data.floats(bias) : 0L;
        long anglesAt = data.floats(angles);
        float[] first = new float[0];
        for (int i = 0; i < 2 * WIDTHS.length; i++) {
            int columns = WIDTHS[i % WIDTHS.length];
            boolean fused = i >= WIDTHS.length;
            if (fused && columns == 64) {
                continue;
            }
            long pool = data.zeros(2L * pages * pageNumbers);
            long queries = data.zeros(2L * rows * heads * dim);
            Object[] rest = arguments(
                    queries,
                    heads * dim,
                    adapters.arguments(),
                    angleRows,
                    placesAt,
                    biasAt,
                    anglesAt,
                    half,
                    pool,
                    (long) pageNumbers,
                    (long) layer,
                    4,
                    heads,
                    kvHeads,
                    dim);
            Kernel kernel = fused
                    ? kernels.normRotate(columns).with(arguments(product, in.residual, rest))
                    : kernels.rotate(columns).with(arguments(product, in.plain, in.stride, rest));
            launch(kernel, columns, width, rows);
            float[] actual = data.readNumbers(queries, q.length);
            float[] pool1 = data.readNumbers(pool, kept.length);
            close("queries", actual, q, 1.2f * unit() + 1e-4f, 1e-3f);
            close("pages", pool1, kept, 1.2f * unit() + 1e-4f, 1e-3f);
            float[] all = Arrays.copyOf(actual, q.length + kept.length);
            System.arraycopy(pool1, 0, all, q.length, kept.length);
            assertThat(first.length == 0 || Arrays.equals(all, first))
                    .as("width %d, %s, gives the bits of width 8", columns, fused ? "fused" : "plain")
                    .isTrue();
            first = all;
        }
    }

    /** Return the dimension that stands at a packed row of a head. */
    private static int dimOf(int row, int dim, int half, int rotatedHeads) {
        int i = row % dim;
        if (row / dim >= rotatedHeads || i >= 2 * half) {
            return i;
        }
        return i / 16 * 8 + i % 8 + (i % 16 < 8 ? 0 : half);
    }
}
