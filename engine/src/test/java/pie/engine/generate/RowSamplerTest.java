package pie.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.ProbeKind;
import pie.engine.driver.SamplerStage;

final class RowSamplerTest {
    private static final int VOCAB = 3000;
    private static final DriverCapabilities LIMITS = DriverCapabilities.ofBatches(16, 16, 4, 16);

    private final RowSampler sampler = new RowSampler(VOCAB);
    private final ForwardBatch batch = new ForwardBatch(LIMITS);
    private final ForwardResult result = new ForwardResult(LIMITS);

    @Test
    void philoxMatchesItsPublishedVectors() {
        assertThat(Philox.block(0, 0, 0, 0, 0, 0)).isEqualTo(0x6627e8d5e169c58dL);
        assertThat(Philox.block(-1, -1, -1, -1, -1, -1)).isEqualTo(0x408f276d41c83b0eL);
        assertThat(Philox.block(0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
                .isEqualTo(0xd16cfe0994fdccebL);
    }

    @Test
    void weightsStayWithinOneInTenMillionOfTheExponential() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            float y = -random.nextFloat() * 12;
            double exact = Math.exp(y) * 0x1p40;
            assertThat(Math.abs(TokenWeight.of(y) - exact) / exact).isLessThan(4e-7 * (1 - y));
        }
        assertThat(TokenWeight.of(0f)).isEqualTo(TokenWeight.ONE);
        assertThat(TokenWeight.of(-1e30f)).isZero();
    }

    @Test
    void drawsEqualThePlainTwin() {
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            float[] logits = logits(random);
            boolean[] allowed = mask(random);
            List<Stage> chain = chain(random);
            long seed = random.nextLong();
            long index = random.nextLong() >>> random.nextInt(1, 64);
            int number = random.nextInt(3);
            int expected = new PlainSampler(logits, allowed).draw(chain, seed, index, number);
            int actual = draw(logits, allowed, chain, seed, index, number);
            assertThat(actual).as("round %d, chain %s", round, chain).isEqualTo(expected);
        }
    }

    @Test
    void frequenciesFollowTheDistribution() {
        float[] logits = new float[VOCAB];
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[5] = (float) Math.log(0.5);
        logits[900] = (float) Math.log(0.3);
        logits[2999] = (float) Math.log(0.2);
        Map<Integer, Integer> counts = new HashMap<>();
        for (int n = 0; n < 20_000; n++) {
            counts.merge(draw(logits, null, List.of(), 11, n, 0), 1, Integer::sum);
        }
        assertThat(counts.get(5)).isBetween(9_700, 10_300);
        assertThat(counts.get(900)).isBetween(5_700, 6_300);
        assertThat(counts.get(2999)).isBetween(3_700, 4_300);
    }

    @Test
    void unusableRowsAreReported() {
        float[] logits = logits(new Random(1));
        logits[1234] = Float.NaN;
        assertThat(draw(logits, null, List.of(new Stage.Temperature(0)), 0, 0, 0))
                .isEqualTo(-ForwardResult.NAN);
        Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        assertThat(draw(logits, null, List.of(), 0, 0, 0)).isEqualTo(-ForwardResult.NAN);
        assertThat(draw(logits(new Random(1)), new boolean[VOCAB], List.of(), 0, 0, 0))
                .isEqualTo(-ForwardResult.EMPTY);
    }

    @Test
    void greedyIsTheFirstOfEqualLogits() {
        float[] logits = new float[VOCAB];
        logits[700] = 2f;
        logits[1900] = 2f;
        assertThat(draw(logits, null, List.of(new Stage.Temperature(0)), 0, 0, 0))
                .isEqualTo(700);
        Arrays.fill(logits, -0.0f);
        logits[2000] = 0.0f;
        assertThat(draw(logits, null, List.of(new Stage.Temperature(0)), 0, 0, 0))
                .isZero();
    }

    @Test
    void probesAgreeWithEachOther() {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            float[] logits = logits(random);
            boolean @Nullable [] allowed = round % 2 == 0 ? null : mask(random);
            if (allowed != null) {
                allowed[17] = true;
                logits[17] = 1f;
            }
            int top = random.nextInt(1, 40);
            batch.clear();
            int ref = allow(allowed);
            batch.probes = 4;
            batch.probeKind[0] = ProbeKind.LOGITS;
            batch.probeKind[1] = ProbeKind.DISTRIBUTION;
            batch.probeKind[2] = ProbeKind.ENTROPY;
            batch.probeKind[3] = ProbeKind.LOGPROBS;
            batch.probeTemperature[1] = 1f;
            batch.probeTop[1] = top;
            for (int n = 0; n < 3; n++) {
                probe(n, ref, logits);
            }
            int greedy = draw(logits, allowed, List.of(new Stage.Temperature(0)), 0, 0, 0);
            int from = result.probeIndptr[1];
            int to = result.probeIndptr[2];
            assertThat(result.probeIds[from]).isEqualTo(greedy);
            int[] ids = Arrays.copyOfRange(result.probeIds, from, to);
            float[] shares = Arrays.copyOfRange(result.probeValues, from, to);
            float entropy = result.probeValues[result.probeIndptr[2]];
            batch.probeIds = ids;
            batch.probeIdIndptr[3] = 0;
            batch.probeIdIndptr[4] = ids.length;
            batch.probeMaskRef[3] = ref = allow(allowed);
            probe(3, ref, logits);
            double sum = 0;
            for (int i = 0; i < shares.length; i++) {
                assertThat(i == 0 ? 1f : shares[i - 1]).isGreaterThanOrEqualTo(shares[i]);
                assertThat(Math.exp(result.probeValues[result.probeIndptr[3] + i]))
                        .isCloseTo(shares[i], org.assertj.core.data.Offset.offset(1e-5));
                sum += shares[i];
            }
            assertThat(sum).isLessThan(1 + 1e-5);
            assertThat(entropy).isBetween(0f, (float) Math.log(VOCAB));
        }
    }

    private void probe(int n, int maskRef, float[] logits) {
        batch.probeMaskRef[n] = maskRef;
        sampler.probe(batch, n, MemorySegment.ofArray(logits), 0, result);
    }

    private int draw(
            float[] logits, boolean @Nullable [] allowed, List<Stage> chain, long seed, long index, int number) {
        batch.clear();
        batch.draws = 1;
        batch.seed[0] = seed;
        batch.drawIndex[0] = index;
        batch.drawNumber[0] = number;
        batch.logitMaskRef[0] = allow(allowed);
        int adjustments = 0;
        for (int i = 0; i < chain.size(); i++) {
            batch.stageParam[i] = 0;
            batch.adjustIndptr[i] = adjustments;
            switch (chain.get(i)) {
                case Stage.LogitBias bias -> {
                    batch.stageKind[i] = SamplerStage.ADJUST;
                    for (var entry : bias.bias().entrySet()) {
                        adjustments = adjust(adjustments, entry.getKey(), 1f, entry.getValue());
                    }
                }
                case Stage.RepetitionPenalty p -> {
                    batch.stageKind[i] = SamplerStage.ADJUST;
                    for (int id = 0; id < VOCAB; id += 3) {
                        adjustments = adjust(adjustments, id, p.penalty(), 0f);
                    }
                }
                case Stage.Temperature t -> stage(i, SamplerStage.TEMPERATURE, t.temperature());
                case Stage.TopK k -> stage(i, SamplerStage.TOP_K, k.k());
                case Stage.TopP p -> stage(i, SamplerStage.TOP_P, p.mass());
                case Stage.MinP p -> stage(i, SamplerStage.MIN_P, p.ratio());
                case Stage.Typical p -> stage(i, SamplerStage.TYPICAL, p.mass());
                default -> throw new IllegalArgumentException();
            }
            batch.adjustIndptr[i + 1] = adjustments;
        }
        batch.chainIndptr[0] = 0;
        batch.chainIndptr[1] = chain.size();
        sampler.draw(batch, 0, MemorySegment.ofArray(logits), 0, result);
        return result.status[0] == ForwardResult.OK ? result.token[0] : -result.status[0];
    }

    private void stage(int i, byte kind, float param) {
        batch.stageKind[i] = kind;
        batch.stageParam[i] = param;
    }

    private int adjust(int n, int id, float mul, float add) {
        if (n == batch.adjustToken.length) {
            batch.adjustToken = Arrays.copyOf(batch.adjustToken, 2 * n);
            batch.adjustMul = Arrays.copyOf(batch.adjustMul, 2 * n);
            batch.adjustAdd = Arrays.copyOf(batch.adjustAdd, 2 * n);
        }
        batch.adjustToken[n] = id;
        batch.adjustMul[n] = mul;
        batch.adjustAdd[n] = add;
        return n + 1;
    }

    private int allow(boolean @Nullable [] allowed) {
        if (allowed == null) {
            return ForwardBatch.NO_MASK;
        }
        long[] words = new long[(VOCAB + 63) / 64];
        for (int i = 0; i < VOCAB; i++) {
            if (allowed[i]) {
                words[i >> 6] |= 1L << i;
            }
        }
        batch.logitMasks[0] = words;
        batch.logitMaskCount = 1;
        return 0;
    }

    private static float[] logits(Random random) {
        float[] z = new float[VOCAB];
        boolean coarse = random.nextInt(3) == 0;
        float spread = random.nextInt(4) == 0 ? 0.2f : random.nextFloat() * 8;
        for (int i = 0; i < VOCAB; i++) {
            z[i] = coarse ? random.nextInt(6) - 3 : (float) random.nextGaussian() * spread;
        }
        return z;
    }

    private static boolean[] mask(Random random) {
        boolean[] allowed = new boolean[VOCAB];
        float share = random.nextInt(3) == 0 ? 1.1f : random.nextFloat() * random.nextFloat();
        for (int i = 0; i < VOCAB; i++) {
            allowed[i] = random.nextFloat() < share;
        }
        return allowed;
    }

    private static List<Stage> chain(Random random) {
        List<Stage> chain = new ArrayList<>();
        int stages = random.nextInt(5);
        for (int i = 0; i < stages; i++) {
            chain.add(
                    switch (random.nextInt(7)) {
                        case 0 ->
                            new Stage.LogitBias(Map.of(random.nextInt(VOCAB), 5f, random.nextInt(VOCAB / 2), -3.5f));
                        case 1 -> new Stage.RepetitionPenalty(0.5f + random.nextFloat(), 0);
                        case 2 ->
                            new Stage.Temperature(random.nextInt(12) == 0 ? 1e-6f : 0.2f + random.nextFloat() * 1.5f);
                        case 3 -> new Stage.TopK(random.nextInt(random.nextBoolean() ? 60 : VOCAB + 100));
                        case 4 -> new Stage.TopP(random.nextFloat() * 1.1f);
                        case 5 -> new Stage.MinP(random.nextFloat() * random.nextFloat());
                        default -> new Stage.Typical(random.nextFloat() * 1.1f);
                    });
        }
        return chain;
    }
}
