package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.SamplerStage;
import pie.engine.generate.RowSampler;

/** Compare each kernel with plain loops, on random data; a failure names the first value that differs. */
@Tag("gpu")
@ExtendWith(Gpu.class)
class KernelTwinTest extends Twin {
    @Test
    void embeddingsAreRowsOfTheTable() {
        int vocab = 70;
        int hidden = 96;
        float[] table = data.random(random, vocab * hidden, 1);
        long x = data.zeros(4L * 5 * hidden);
        long squares = data.zeros(4L * 5 * 6);
        kernels.embed()
                .with(
                        data.ints(4, 0, 0, 0, 0),
                        data.ints(0, 69, ~1, 33, 5),
                        data.ints(11, 12),
                        data.numbers(packed(table, vocab, hidden)),
                        3,
                        hidden,
                        x,
                        squares,
                        6)
                .launch(5, 1);
        float[] expected = new float[5 * hidden];
        int[] tokens = {0, 69, 12, 33};
        for (int row = 0; row < 4; row++) {
            System.arraycopy(table, tokens[row] * hidden, expected, row * hidden, hidden);
        }
        assertThat(data.readFloats(x, 5 * hidden)).isEqualTo(expected);
        close("squares", data.readFloats(squares, 5 * 6), squares(expected, 5, hidden), 1e-5f, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 576, 1000, 4096})
    void normsDivideByTheRootMeanSquare(int hidden) {
        int rows = 3;
        int stride = (hidden + 31) / 32 * 32;
        int parts = (hidden + 15) / 16;
        float[] x = data.random(random, rows * hidden, 3);
        float[] weight = data.random(random, hidden, 1);
        long out = data.zeros(2L * rows * stride);
        kernels.rmsNorm()
                .with(
                        data.ints(2),
                        data.ints(2, 0),
                        data.floats(x),
                        data.floats(squares(x, rows, hidden)),
                        parts,
                        data.floats(weight),
                        1e-5f,
                        hidden,
                        out,
                        stride)
                .launch(2, 1);
        float[] all = normed(x, weight, rows, 1e-5f);
        float[] expected = new float[rows * stride];
        System.arraycopy(all, 2 * hidden, expected, 0, hidden);
        System.arraycopy(all, 0, expected, stride, hidden);
        close("norm", data.readNumbers(out, rows * stride), expected, 1.1f * unit(), 1e-6f);
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
        DriverCapabilities limits = DriverCapabilities.ofBatches(16, rows, rows, rows);
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
        float spread = new float[] {4, 4, 4, 0.3f, 1.5f, 12}[s % 6]; // a few tokens have it all, or thousands
        for (int i = 0; i < vocab; i++) {
            float v = (float) random.nextGaussian() * spread;
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
}
