package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.SamplerStage;
import pie.engine.generate.RowSampler;

/** Compare each kernel with plain loops, on random data; a failure names the first value that differs. */
@Tag("gpu")
@ExtendWith(Gpu.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelTwinTest {
    private final Random random = new Random(7);
    private CudaApi api;
    private Arena arena;
    private Kernels kernels;
    private DeviceData data;

    @BeforeAll
    void open() {
        Gpu.require();
        api = device();
        arena = Arena.ofShared();
        kernels = new Kernels(api, arena, format());
        data = new DeviceData(api, format());
    }

    @AfterAll
    void close() {
        if (api != null) {
            api.close();
            arena.close();
        }
    }

    /** Open the device. */
    CudaApi device() {
        return JCudaApi.open(0);
    }

    NumberFormat format() {
        return NumberFormat.F16;
    }

    /** Relative size of half a unit of the format's last place. */
    private float unit() {
        return format() == NumberFormat.F16 ? 0x1p-11f : 0x1p-8f;
    }

    private static void close(String what, float[] actual, float[] expected, float relative, float absolute) {
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
    private float[] packed(float[] values, int rows, int columns) {
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

    @Test
    void embeddingsAreRowsOfTheTable() {
        int vocab = 70;
        int hidden = 96;
        float[] table = data.random(random, vocab * hidden, 1);
        long x = data.zeros(4L * 5 * hidden);
        kernels.embed()
                .with(
                        data.ints(4, 0, 0, 0, 0),
                        data.ints(0, 69, ~1, 33, 5),
                        data.ints(11, 12),
                        data.numbers(packed(table, vocab, hidden)),
                        3,
                        hidden,
                        x)
                .launch(5, 1);
        float[] expected = new float[5 * hidden];
        int[] tokens = {0, 69, 12, 33};
        for (int row = 0; row < 4; row++) {
            System.arraycopy(table, tokens[row] * hidden, expected, row * hidden, hidden);
        }
        assertThat(data.readFloats(x, 5 * hidden)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 576, 1000, 4096})
    void normsDivideByTheRootMeanSquare(int hidden) {
        int rows = 3;
        int stride = (hidden + 31) / 32 * 32;
        float[] x = data.random(random, rows * hidden, 3);
        float[] weight = data.random(random, hidden, 1);
        long out = data.zeros(2L * rows * stride);
        kernels.rmsNorm()
                .with(data.ints(2), data.ints(2, 0), data.floats(x), data.floats(weight), 1e-5f, hidden, out, stride)
                .launch(2, 1);
        float[] expected = new float[rows * stride];
        for (int row = 0; row < 2; row++) {
            int from = row == 0 ? 2 * hidden : 0;
            double sum = 0;
            for (int i = 0; i < hidden; i++) {
                sum += (double) x[from + i] * x[from + i];
            }
            double scale = 1 / Math.sqrt(sum / hidden + 1e-5);
            for (int i = 0; i < hidden; i++) {
                expected[row * stride + i] = (float) (x[from + i] * scale * weight[i]);
            }
        }
        close("norm", data.readNumbers(out, rows * stride), expected, 1.1f * unit(), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"1,64,64", "8,960,576", "13,80,96", "40,576,1536", "70,128,64", "130,192,320"})
    void productsAgreeWithSumsForEveryWidth(int rows, int outputs, int inputs) {
        float[] w = data.random(random, outputs * inputs, 0.1f);
        float[] x = data.random(random, rows * inputs, 1);
        long weights = data.numbers(packed(w, outputs, inputs));
        long input = data.numbers(x);
        long count = data.ints(rows);
        float[] expected = new float[rows * outputs];
        for (int m = 0; m < rows; m++) {
            for (int n = 0; n < outputs; n++) {
                double sum = 0;
                for (int k = 0; k < inputs; k++) {
                    sum += (double) w[n * inputs + k] * x[m * inputs + k];
                }
                expected[m * outputs + n] = (float) sum;
            }
        }
        float allowed = 2e-5f * (float) Math.sqrt(inputs);
        float[] first = new float[0];
        for (int width : new int[] {8, 16, 32, 64}) {
            long out = data.zeros(4L * rows * outputs);
            gemm("store", width, rows, outputs, count, weights, input, inputs, outputs, out, outputs);
            float[] actual = data.readFloats(out, rows * outputs);
            close("store " + width, actual, expected, 1e-4f, allowed);
            gemm("add", width, rows, outputs, count, weights, input, inputs, outputs, out, outputs);
            float[] twice = data.readFloats(out, rows * outputs);
            for (int i = 0; i < twice.length; i++) {
                assertThat(twice[i]).as("add %d, value %d", width, i).isEqualTo(actual[i] + actual[i]);
            }
            if (first.length > 0) {
                assertThat(actual)
                        .as("width %d gives the bits of width 8", width)
                        .isEqualTo(first);
            }
            first = actual;
        }
    }

    private void gemm(
            String kind,
            int width,
            int rows,
            int packedRows,
            long count,
            long weights,
            long x,
            int inputs,
            int outputs,
            long out,
            int stride) {
        int tiles = (packedRows + 63) / 64 * 4;
        kernels.gemm(kind, width)
                .with(count, weights, x, inputs, inputs / 32, outputs, out, stride)
                .launch(width == 64 ? tiles / 4 : tiles, (rows + width - 1) / width);
    }

    @ParameterizedTest
    @CsvSource({"3,64,96", "20,100,64", "65,1536,576"})
    void gatesAndUpsMeet(int rows, int outputs, int inputs) {
        float[] gate = data.random(random, outputs * inputs, 0.2f);
        float[] up = data.random(random, outputs * inputs, 0.2f);
        float[] x = data.random(random, rows * inputs, 1);
        int mixedRows = (outputs + 7) / 8 * 16;
        float[] mixed = new float[mixedRows * inputs];
        for (int n = 0; n < outputs; n++) {
            System.arraycopy(gate, n * inputs, mixed, (n / 8 * 16 + n % 8) * inputs, inputs);
            System.arraycopy(up, n * inputs, mixed, (n / 8 * 16 + 8 + n % 8) * inputs, inputs);
        }
        int stride = (outputs + 31) / 32 * 32;
        float[] expected = new float[rows * stride];
        for (int m = 0; m < rows; m++) {
            for (int n = 0; n < outputs; n++) {
                double g = 0;
                double u = 0;
                for (int k = 0; k < inputs; k++) {
                    g += (double) gate[n * inputs + k] * x[m * inputs + k];
                    u += (double) up[n * inputs + k] * x[m * inputs + k];
                }
                expected[m * stride + n] = (float) (g / (1 + Math.exp(-g)) * u);
            }
        }
        long weights = data.numbers(packed(mixed, mixedRows, inputs));
        long input = data.numbers(x);
        for (int width : new int[] {8, 16, 32, 64}) {
            long out = data.zeros(2L * rows * stride);
            gemm("swiglu", width, rows, mixedRows, data.ints(rows), weights, input, inputs, outputs, out, stride);
            close("swiglu " + width, data.readNumbers(out, rows * stride), expected, 1.2f * unit() + 1e-4f, 1e-3f);
        }
    }

    @Test
    void keysAreRotatedAndWrittenToTheirPlaces() {
        int heads = 4;
        int kvHeads = 2;
        int dim = 32;
        int half = 12;
        int rows = 3;
        int width = (heads + 2 * kvHeads) * dim;
        float[] qkv = data.random(random, rows * width, 1);
        float[] bias = data.random(random, width, 1);
        float[] angles = new float[5 * half * 2];
        for (int i = 0; i < angles.length; i += 2) {
            double angle = random.nextDouble() * 6;
            angles[i] = (float) Math.cos(angle);
            angles[i + 1] = (float) Math.sin(angle);
        }
        int pageNumbers = 2 * 2 * kvHeads * 16 * dim;
        long pool = data.zeros(2L * 3 * pageNumbers);
        long queries = data.zeros(2L * rows * heads * dim);
        int[] positions = {4, 0, 2};
        int[] places = {2 * 16 + 5, -1, 15};
        long layer = 2L * kvHeads * 16 * dim;
        kernels.ropeAppend()
                .with(
                        data.ints(rows),
                        data.ints(positions),
                        data.ints(places),
                        data.floats(qkv),
                        width,
                        data.floats(bias),
                        data.floats(angles),
                        half,
                        queries,
                        heads * dim,
                        pool,
                        (long) pageNumbers,
                        layer,
                        4,
                        heads,
                        kvHeads,
                        dim)
                .launch(rows, 1);
        float[] q = new float[rows * heads * dim];
        float[] pages = new float[3 * pageNumbers];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                int head = i / dim;
                int d = i % dim;
                float v = rotated(qkv, bias, row * width, i, d, head < heads + kvHeads, half, angles, positions[row]);
                if (head < heads) {
                    q[row * heads * dim + i] = v;
                } else if (places[row] >= 0) {
                    int kv = head - heads;
                    int slot = places[row] % 16;
                    int at = places[row] / 16 * pageNumbers + (int) layer;
                    pages[kv < kvHeads ? at + (kv * 16 + slot) * dim + d : at + (kv * dim + d) * 16 + slot] = v;
                }
            }
        }
        close("queries", data.readNumbers(queries, q.length), q, 1.1f * unit(), 1e-6f);
        close("pages", data.readNumbers(pool, pages.length), pages, 1.1f * unit(), 1e-6f);
    }

    private static float rotated(
            float[] y, float[] bias, int row, int i, int d, boolean rotary, int half, float[] angles, int position) {
        float v = y[row + i] + bias[i];
        if (!rotary || d >= 2 * half) {
            return v;
        }
        int a = (position * half + (d < half ? d : d - half)) * 2;
        int other = d < half ? i + half : i - half;
        float w = y[row + other] + bias[other];
        return d < half ? v * angles[a] - w * angles[a + 1] : v * angles[a] + w * angles[a + 1];
    }

    /** Attention over scattered pages of 16, with window, sink, drop and mask; whole, and cut into pieces that are folded. */
    @ParameterizedTest
    @CsvSource({
        "64, 3, 1, 300, 0, 0, 0, false", "64, 3, 40, 40, 0, 0, 0, false", "64, 3, 7, 700, 20, 300, 0, false",
        "128, 4, 9, 530, 3, 0, 100, false", "16, 2, 33, 90, 0, 17, 0, true", "32, 1, 20, 77, 5, 9, 30, true",
        "80, 2, 5, 64, 0, 0, 0, false", "96, 1, 18, 300, 0, 0, 9, true", "64, 16, 3, 1030, 0, 0, 0, false",
    })
    void attentionAgreesWithSoftmax(
            int dim, int group, int q, int length, int sink, int visibleFrom, int window, boolean masked) {
        int kvHeads = 2;
        int pages = (length + 15) / 16;
        int pageNumbers = 2 * kvHeads * 16 * dim;
        int[] table = new int[pages];
        for (int i = 0; i < pages; i++) {
            table[i] = (i * 7 + 3) % pages;
        }
        Arrays.sort(table);
        for (int i = 0; i + 1 < pages; i += 2) {
            int t = table[i];
            table[i] = table[i + 1];
            table[i + 1] = t;
        }
        for (int i = 0; i < pages; i++) {
            table[i] = i % 2 == 0 && i + 1 < pages ? i + 1 : i % 2 == 1 ? i - 1 : i;
        }
        float[] pool = data.random(random, pages * pageNumbers, 1);
        float[] queries = data.random(random, q * group * kvHeads * dim, 1);
        long[] mask = new long[(q * length + 63) / 64];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = random.nextLong() | random.nextLong();
        }
        float scale = (float) (1.4426950408889634 / Math.sqrt(dim));
        int heads = group * kvHeads;
        float[] expected = new float[q * heads * dim];
        for (int row = 0; row < q; row++) {
            int own = length - q + row;
            boolean[] seen = new boolean[length];
            for (int k = 0; k <= own; k++) {
                boolean visible = k < sink || (k >= visibleFrom && (window == 0 || k > own - window));
                int bit = row * length + k;
                seen[k] = visible && (!masked || (mask[bit >> 6] >>> bit & 1) != 0);
            }
            for (int h = 0; h < heads; h++) {
                attend(
                        expected,
                        (row * heads + h) * dim,
                        queries,
                        pool,
                        table,
                        pageNumbers,
                        kvHeads,
                        h / group,
                        dim,
                        seen);
            }
        }
        int rounds = (length + 255) / 256;
        int tiles = (q * group + 15) / 16;
        long poolAt = data.numbers(pool);
        long queriesAt = data.numbers(queries);
        long requests = data.ints(0, q, length, 0, sink, visibleFrom, window, masked ? 0 : -1, 0, 0, 0, 0);
        long tableAt = data.ints(table);
        long maskAt = data.longs(mask);
        long partials = data.zeros(4L * tiles * rounds * kvHeads * 16 * (dim + 2));
        float[] whole = new float[0];
        for (boolean cut : new boolean[] {false, true}) {
            int parts = cut ? rounds : 1;
            int[] items = new int[tiles * parts * 8];
            int[] merges = new int[tiles * 4];
            for (int tile = 0; tile < tiles; tile++) {
                for (int part = 0; part < parts; part++) {
                    int at = (tile * parts + part) * 8;
                    items[at + 1] = tile * 16;
                    items[at + 2] = cut ? part : 0;
                    items[at + 3] = cut ? part + 1 : rounds;
                    items[at + 4] = cut ? tile * rounds + part : -1;
                }
                merges[tile * 4 + 1] = tile * 16;
                merges[tile * 4 + 2] = tile * rounds;
                merges[tile * 4 + 3] = rounds;
            }
            long out = data.zeros(2L * q * heads * dim);
            long counts = data.ints(q, 0, 0, tiles * parts, tiles);
            kernels.attention(dim)
                    .with(
                            counts,
                            data.ints(items),
                            requests,
                            tableAt,
                            maskAt,
                            queriesAt,
                            heads * dim,
                            poolAt,
                            (long) pageNumbers,
                            0L,
                            4,
                            kvHeads,
                            group,
                            scale,
                            out,
                            heads * dim,
                            partials)
                    .launch(tiles * parts, kvHeads);
            if (cut) {
                kernels.attentionMerge()
                        .with(counts, data.ints(merges), requests, kvHeads, group, dim, out, heads * dim, partials)
                        .launch(tiles, kvHeads);
            }
            float[] actual = data.readNumbers(out, expected.length);
            close(cut ? "cut attention" : "attention", actual, expected, 4 * unit(), 8 * unit());
            if (cut) {
                assertThat(actual).as("pieces fold to the same bits").isEqualTo(whole);
            }
            whole = actual;
        }
    }

    private static void attend(
            float[] out,
            int at,
            float[] queries,
            float[] pool,
            int[] table,
            int pageNumbers,
            int kvHeads,
            int kv,
            int dim,
            boolean[] seen) {
        double[] score = new double[seen.length];
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < seen.length; k++) {
            int page = table[k / 16] * pageNumbers;
            for (int d = 0; d < dim; d++) {
                score[k] += (double) queries[at + d] * pool[page + (kv * 16 + k % 16) * dim + d] / Math.sqrt(dim);
            }
            max = seen[k] ? Math.max(max, score[k]) : max;
        }
        double sum = 0;
        double[] value = new double[dim];
        for (int k = 0; k < seen.length; k++) {
            if (seen[k]) {
                double w = Math.exp(score[k] - max);
                sum += w;
                int page = table[k / 16] * pageNumbers;
                for (int d = 0; d < dim; d++) {
                    value[d] += w * pool[page + ((kvHeads + kv) * dim + d) * 16 + k % 16];
                }
            }
        }
        for (int d = 0; d < dim; d++) {
            out[at + d] = sum == 0 ? 0 : (float) (value[d] / sum);
        }
    }

    /** Draws with random chains, logits with many ties, masks and spoiled rows: the token of the reference, bit for bit. */
    @ParameterizedTest
    @ValueSource(ints = {80, 1000, 49152})
    void drawsAreThoseOfTheReference(int vocab) {
        int rows = vocab > 10000 ? 64 : 256;
        DriverCapabilities limits = limits(vocab, rows);
        ForwardBatch batch = new ForwardBatch(limits);
        float[] logits = new float[rows * vocab];
        int words = (vocab + 63) / 64;
        long[] masks = new long[2 * words];
        for (int i = 0; i < words; i++) {
            masks[i] = random.nextLong();
            masks[words + i] = i == words / 2 ? 4 : 0;
        }
        batch.logitMasks[0] = Arrays.copyOf(masks, words);
        batch.logitMasks[1] = Arrays.copyOfRange(masks, words, 2 * words);
        int[] draws = new int[rows * 10];
        for (int s = 0; s < rows; s++) {
            row(logits, s, vocab);
            chain(batch, s, vocab);
            draws[s * 10] = s;
            draws[s * 10 + 1] = s;
            draws[s * 10 + 2] = batch.logitMaskRef[s];
            draws[s * 10 + 3] = batch.chainIndptr[s];
            draws[s * 10 + 4] = batch.chainIndptr[s + 1];
            draws[s * 10 + 5] = batch.drawNumber[s];
            draws[s * 10 + 6] = (int) batch.seed[s];
            draws[s * 10 + 7] = (int) (batch.seed[s] >>> 32);
            draws[s * 10 + 8] = (int) batch.drawIndex[s];
            draws[s * 10 + 9] = (int) (batch.drawIndex[s] >>> 32);
        }
        int stageCount = batch.chainIndptr[rows];
        int[] stages = new int[stageCount * 4];
        for (int i = 0; i < stageCount; i++) {
            stages[4 * i] = batch.stageKind[i];
            stages[4 * i + 1] = Float.floatToRawIntBits(batch.stageParam[i]);
            stages[4 * i + 2] = batch.adjustIndptr[i];
            stages[4 * i + 3] = batch.adjustIndptr[i + 1];
        }
        int[] adjustments = new int[batch.adjustIndptr[stageCount] * 4];
        for (int i = 0; i < adjustments.length / 4; i++) {
            adjustments[4 * i] = batch.adjustToken[i];
            adjustments[4 * i + 1] = Float.floatToRawIntBits(batch.adjustMul[i]);
            adjustments[4 * i + 2] = Float.floatToRawIntBits(batch.adjustAdd[i]);
        }
        long tokens = data.zeros(4L * rows);
        long statuses = data.zeros(4L * rows);
        long logitsAt = data.floats(logits);
        kernels.sample()
                .with(
                        data.ints(rows, rows, rows, 0, 0),
                        data.ints(draws),
                        data.ints(stages),
                        data.ints(adjustments),
                        data.longs(masks),
                        logitsAt,
                        data.zeros(4L * rows * vocab),
                        vocab,
                        tokens,
                        statuses)
                .launch(rows, 1);
        int[] token = data.readInts(tokens, rows);
        int[] status = data.readInts(statuses, rows);
        RowSampler sampler = new RowSampler(vocab);
        ForwardResult expected = new ForwardResult(limits);
        MemorySegment all = MemorySegment.ofArray(logits);
        for (int s = 0; s < rows; s++) {
            sampler.draw(batch, s, all, 4L * s * vocab, expected);
            String what = "draw " + s + " with stages " + stages(batch, s) + ", mask " + batch.logitMaskRef[s];
            assertThat(status[s]).as("status of " + what).isEqualTo(expected.status[s]);
            assertThat(token[s]).as(what).isEqualTo(expected.token[s]);
        }
    }

    private static String stages(ForwardBatch batch, int s) {
        StringBuilder text = new StringBuilder();
        for (int i = batch.chainIndptr[s]; i < batch.chainIndptr[s + 1]; i++) {
            text.append(batch.stageKind[i])
                    .append('(')
                    .append(batch.stageParam[i])
                    .append(") ");
        }
        return text.toString();
    }

    private void row(float[] logits, int s, int vocab) {
        float step = s % 3 == 0 ? 0.5f : 0;
        for (int i = 0; i < vocab; i++) {
            float v = (float) random.nextGaussian() * 4;
            logits[s * vocab + i] = step > 0 ? Math.round(v / step) * step : v;
        }
        switch (s % 17) {
            case 3 -> logits[s * vocab + random.nextInt(vocab)] = Float.NaN;
            case 5 -> logits[s * vocab + random.nextInt(vocab)] = Float.POSITIVE_INFINITY;
            case 7 -> Arrays.fill(logits, s * vocab, s * vocab + vocab, Float.NEGATIVE_INFINITY);
            case 9 -> Arrays.fill(logits, s * vocab, s * vocab + vocab / 2, Float.NEGATIVE_INFINITY);
            case 11 -> Arrays.fill(logits, s * vocab, s * vocab + vocab, -0f);
            default -> {}
        }
    }

    private void chain(ForwardBatch batch, int s, int vocab) {
        batch.drawRow[s] = s;
        batch.drawIndex[s] = random.nextLong() >>> 20;
        batch.drawNumber[s] = random.nextInt(3);
        batch.seed[s] = random.nextLong();
        batch.logitMaskRef[s] = switch (s % 5) {
            case 1 -> 0;
            case 2 -> s % 2;
            default -> ForwardBatch.NO_MASK;
        };
        int n = batch.chainIndptr[s];
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            int a = batch.adjustIndptr[n];
            switch (random.nextInt(5)) {
                case 0 ->
                    stage(batch, n, SamplerStage.TEMPERATURE, random.nextInt(8) == 0 ? 0 : 0.3f + random.nextFloat());
                case 1 ->
                    stage(
                            batch,
                            n,
                            SamplerStage.TOP_K,
                            random.nextInt(3) == 0 ? random.nextInt(2 * vocab) : random.nextInt(50));
                case 2 -> stage(batch, n, SamplerStage.TOP_P, random.nextFloat() * 1.05f);
                case 3 -> stage(batch, n, SamplerStage.MIN_P, random.nextFloat() * random.nextFloat() * 0.3f);
                default -> {
                    stage(batch, n, SamplerStage.ADJUST, 0);
                    for (int j = random.nextInt(20); j > 0; j--) {
                        if (a == batch.adjustToken.length) {
                            batch.adjustToken = Arrays.copyOf(batch.adjustToken, 2 * a);
                            batch.adjustMul = Arrays.copyOf(batch.adjustMul, 2 * a);
                            batch.adjustAdd = Arrays.copyOf(batch.adjustAdd, 2 * a);
                        }
                        batch.adjustToken[a] = random.nextInt(vocab);
                        batch.adjustMul[a] = random.nextInt(2) == 0 ? 1 : 0.8f + random.nextFloat();
                        batch.adjustAdd[a++] = random.nextInt(2) == 0 ? 0 : (float) random.nextGaussian();
                    }
                }
            }
            batch.adjustIndptr[++n] = a;
        }
        batch.chainIndptr[s + 1] = n;
    }

    private static void stage(ForwardBatch batch, int n, byte kind, float param) {
        batch.stageKind[n] = kind;
        batch.stageParam[n] = param;
    }

    private static DriverCapabilities limits(int vocab, int draws) {
        return new DriverCapabilities(
                "cuda", "", "", 1, 16, 16, vocab, 1, "", "", "", "", "", "", draws, draws, draws, true, true, true,
                true);
    }
}
