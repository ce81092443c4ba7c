package pie.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.model.Dequantizer;
import pie.engine.model.IntegerWeights;
import pie.engine.model.Tensor;
import pie.engine.model.TensorType;

/** Each vector kernel computes what its scalar twin computes, bit for bit. */
class KernelTwinTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final List<WeightFormat> INTEGERS =
            List.of(WeightFormat.Q4, WeightFormat.Q8, WeightFormat.Q8_MINIMUM, WeightFormat.Q8_PAIR);

    private final Random random = new Random(3);
    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    private float[] floats(int n, float scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = scale * (float) random.nextGaussian();
        }
        return values;
    }

    private MemorySegment segment(float[] values) {
        MemorySegment s = OffHeap.zeroed(arena, 4L * values.length);
        MemorySegment.copy(values, 0, s, FLOAT, 0, values.length);
        return s;
    }

    private static float[] array(MemorySegment s, int from, int n) {
        float[] values = new float[n];
        MemorySegment.copy(s, FLOAT, 4L * from, values, 0, n);
        return values;
    }

    @Test
    void exponential() {
        float[] x = floats(4096, 30);
        x[0] = 0;
        x[1] = -87;
        x[2] = Math.nextDown(-87f);
        x[3] = 88;
        x[4] = Float.NEGATIVE_INFINITY;
        x[5] = 1000;
        float[] out = new float[Lanes.COUNT];
        for (int i = 0; i < x.length; i += Lanes.COUNT) {
            Lanes.exp(jdk.incubator.vector.FloatVector.fromArray(Lanes.F, x, i)).intoArray(out, 0);
            for (int j = 0; j < Lanes.COUNT; j++) {
                assertThat(out[j]).as("exp(%s)", x[i + j]).isEqualTo(Scalar.exp(x[i + j]));
                if (Math.abs(x[i + j]) < 86) {
                    double right = Math.exp(x[i + j]);
                    assertThat((double) out[j]).isCloseTo(right, Offset.offset(3e-7 * right));
                }
            }
        }
        assertThat(Scalar.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Scalar.exp(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 576, 577, 13})
    void norm(int n) {
        float[] x = floats(n, 2);
        float[] weight = floats(n, 1);
        MemorySegment out = OffHeap.zeroed(arena, 4L * n);
        Norm.rms(segment(x), 0, weight, 1e-5f, out, 0, new float[Lanes.COUNT]);
        float[] twin = new float[n];
        Scalar.rms(x, weight, 1e-5f, twin, Lanes.COUNT);
        assertThat(array(out, 0, n)).isEqualTo(twin);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 576, 577, 13})
    void plainLoopsGiveTheBitsOfVectors(int n) {
        float[] x = floats(n, 2);
        float[] y = floats(2 * n, 3);
        assertThat(elements(Elements.PLAIN, x, y)).isEqualTo(elements(Elements.VECTOR, x, y));
    }

    /** Return what all operations make of x, of n numbers, and y, of two times n. */
    private List<List<Float>> elements(Elements kind, float[] x, float[] y) {
        int n = x.length;
        MemorySegment in = segment(y);
        MemorySegment out = segment(y);
        List<List<Float>> results = new ArrayList<>();
        List<Runnable> operations = List.of(
                () -> kind.rms(in, 0, x, 1e-5f, out, 0, new float[Lanes.COUNT]),
                () -> kind.add(out, 0, in, 4L * n, n),
                () -> kind.add(out, 0, x),
                () -> kind.multiply(out, 0, 1.7f, n),
                () -> kind.rotate(out, 0, x, y, 0, n),
                () -> kind.swiGlu(in, 0, 4L * n, out, 0, n),
                () -> kind.geGlu(in, 0, 4L * n, out, 4L * n, n),
                () -> out.set(FLOAT, 0, kind.argmax(in, 0, 2 * n)));
        for (Runnable operation : operations) {
            operation.run();
            results.add(list(array(out, 0, 2 * n)));
        }
        return results;
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float v : values) {
            list.add(v);
        }
        return list;
    }

    @Test
    void gatedActivation() {
        int n = 100;
        float[] y = floats(2 * n, 20);
        MemorySegment out = OffHeap.zeroed(arena, 4L * n);
        Activation.swiGlu(segment(y), 0, 4L * n, out, 0, n);
        for (int i = 0; i < n; i++) {
            assertThat(out.get(FLOAT, 4L * i)).isEqualTo(Scalar.swiGlu(y[i], y[n + i]));
        }
        Activation.geGlu(segment(y), 0, 4L * n, out, 0, n);
        for (int i = 0; i < n; i++) {
            assertThat(out.get(FLOAT, 4L * i)).isEqualTo(Scalar.geGlu(y[i], y[n + i]));
            double u = Math.sqrt(2 / Math.PI) * (y[i] + 0.044715 * Math.pow(y[i], 3));
            assertThat(out.get(FLOAT, 4L * i))
                    .isCloseTo((float) (y[i] * (1 + Math.tanh(u)) / 2 * y[n + i]), Offset.offset(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 16, 5})
    void rotation(int half) {
        float[] y = floats(2 * half, 1);
        float[] cos = new float[2 * half];
        float[] sin = new float[2 * half];
        new Rope(10000, 2 * half, null, 1).angles(1234, cos, sin, half);
        MemorySegment s = segment(y);
        Rope.rotate(s, 0, cos, sin, half, half);
        for (int i = 0; i < half; i++) {
            float c = cos[half + i];
            float d = sin[half + i];
            assertThat(s.get(FLOAT, 4L * i)).isEqualTo(y[i] * c - y[half + i] * d);
            assertThat(s.get(FLOAT, 4L * (half + i))).isEqualTo(y[half + i] * c + y[i] * d);
            double angle = 1234 * Math.pow(10000, -1.0 * i / half);
            assertThat(c).isCloseTo((float) Math.cos(angle), Offset.offset(1e-6f));
            assertThat(d).isCloseTo((float) Math.sin(angle), Offset.offset(1e-6f));
        }
    }

    @Test
    void argmaxTakesTheFirstOfEqualsAndRefusesWhatIsNotANumber() {
        for (int n : new int[] {5, 1000, 4096, 49152}) {
            float[] x = floats(n, 1);
            assertThat(Argmax.first(segment(x), 0, n)).isEqualTo(Scalar.argmax(x));
            x[n / 3] = x[n - 1] = 100;
            assertThat(Argmax.first(segment(x), 0, n)).isEqualTo(n / 3);
            x[n / 2] = Float.NaN;
            assertThat(Argmax.first(segment(x), 0, n)).isEqualTo(-1);
            Arrays.fill(x, Float.NEGATIVE_INFINITY);
            assertThat(Argmax.first(segment(x), 0, n)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"Q8_MINIMUM", "Q8_PAIR"},
            mode = EnumSource.Mode.EXCLUDE)
    void matmulOfEveryFormat(WeightFormat format) {
        int k = format.bits() > 0 ? 160 : 170;
        float[] x = floats(11 * k, 1);
        for (int workers = 1; workers <= 3; workers++) {
            PackedMatrix a = matrix(format, k, 11 * Lanes.COUNT + 3, workers);
            PackedMatrix b = matrix(format, k, 3 * Lanes.COUNT, workers);
            boolean gradual = workers == 3;
            try (Team team = new Team(workers, "test")) {
                PackedLinear linear =
                        new PackedLinear(new PackedTeam(team, 11, gradual, Optional.empty()), List.of(a, b));
                for (int rows : new int[] {1, 2, 1, 3, 4, 5, 11, 1}) {
                    MemorySegment y = segment(floats(rows * linear.stride(), 1)); // old content must not matter
                    team.run(t -> linear.run(t, segment(x), rows, y));
                    for (int row = 0; row < rows; row++) {
                        check(a, x, row, y, row * linear.stride() + linear.offset(0));
                        check(b, x, row, y, row * linear.stride() + linear.offset(1));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"VNNI, INT8", "VNNI, INT16", "AVX_VNNI, INT8", "AVX_VNNI, INT16", "AVX2, INT8", "AVX2, INT16"})
    void matmulOfIntegers(InstructionSet set, Precision precision) {
        assumeTrue(set.supported(flags()::contains), set.label());
        int k = 160;
        float[] x = floats(27 * k, 1);
        Arrays.fill(x, k + 32, k + 64, 0);
        for (WeightFormat format : INTEGERS) {
            for (int workers = 1; workers <= 3; workers++) {
                PackedMatrix a = matrix(format, k, 11 * Lanes.COUNT + 3, workers);
                PackedMatrix b = matrix(format, k, 3 * Lanes.COUNT, workers);
                try (Team team = new Team(workers, "test")) {
                    var kernels = new IntegerKernels(arena, set, precision, workers, 27);
                    var shared = new PackedTeam(team, 27, false, Optional.of(kernels));
                    var linear = new PackedLinear(shared, List.of(a, b));
                    for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 27, 1}) {
                        MemorySegment y = segment(floats(rows * linear.stride(), 1));
                        team.run(t -> linear.run(t, segment(x), rows, y));
                        for (int row = 0; row < rows; row++) {
                            check(a, x, row, y, row * linear.stride() + linear.offset(0), precision);
                            check(b, x, row, y, row * linear.stride() + linear.offset(1), precision);
                        }
                    }
                }
            }
        }
    }

    private void check(PackedMatrix m, float[] x, int row, MemorySegment y, int at, Precision precision) {
        float[] xs = Arrays.copyOfRange(x, row * m.k, (row + 1) * m.k);
        for (int c = 0; c < m.n; c++) {
            float result = y.get(FLOAT, 4L * (at + c));
            assertThat(result)
                    .as("%s row %d column %d", m.format, row, c)
                    .isEqualTo(Scalar.dotIntegers(m, c, xs, precision));
            double size = 0;
            for (int i = 0; i < m.k; i++) {
                size = Math.max(size, Math.abs(xs[i]));
            }
            double weights = 0;
            double sum = 0;
            for (int i = 0; i < m.k; i++) {
                weights += Math.abs(m.value(c, i));
                sum += (double) xs[i] * m.value(c, i);
            }
            assertThat((double) result).isCloseTo(sum, Offset.offset(size * weights / precision.limit()));
        }
    }

    /** The largest that 4-bit weights and bytes can add up to must fit the 16 bits that AVX2 adds them up in. */
    @ParameterizedTest
    @EnumSource
    void sumsOfTheLargestIntegersDoNotOverflow(InstructionSet set) {
        assumeTrue(set.supported(flags()::contains), set.label());
        for (WeightFormat format : INTEGERS) {
            for (byte ones : new byte[] {(byte) 0xff, 0x7f, (byte) 0x80}) {
                PackedMatrix m = largest(format, ones);
                for (Precision precision : Precision.values()) {
                    for (float value : new float[] {1, -1}) {
                        float[] x = new float[64];
                        Arrays.fill(x, value);
                        MemorySegment y = multiply(m, set, precision, x);
                        for (int c = 0; c < m.n; c++) {
                            assertThat(y.get(FLOAT, 4L * c)).isEqualTo(Scalar.dotIntegers(m, c, x, precision));
                        }
                    }
                }
            }
        }
    }

    private PackedMatrix largest(WeightFormat format, byte weights) {
        MemorySegment data = OffHeap.zeroed(arena, PackedMatrix.bytes(format, 64, 16));
        PackedMatrix m = new PackedMatrix(format, 64, 16, new int[] {0, 16 / Lanes.COUNT}, data);
        if (format.integersOnly()) {
            byte[] q = new byte[64];
            Arrays.fill(q, weights);
            float[] minima = format.minima() ? new float[] {-0.25f, -0.25f} : new float[0];
            var integers = new IntegerWeights(q, new float[] {0.5f, -0.5f, 0.5f, 0.5f}, minima);
            write(m, (writer, c) -> writer.integers(c, integers));
            return m;
        }
        int bytes = format == WeightFormat.Q4 ? 20 : 34;
        byte[] blocks = new byte[2 * bytes];
        Arrays.fill(blocks, weights);
        MemorySegment row = MemorySegment.ofArray(blocks);
        for (int b = 0; b < 2; b++) {
            row.set(ValueLayout.JAVA_SHORT_UNALIGNED, (long) b * bytes, Float.floatToFloat16(0.5f));
            if (format == WeightFormat.Q4) {
                row.set(ValueLayout.JAVA_SHORT_UNALIGNED, (long) b * bytes + 2, Float.floatToFloat16(-0.25f));
            }
        }
        write(m, (writer, c) -> {
            if (format == WeightFormat.Q4) {
                writer.q41(c, row, 0);
            } else {
                writer.q80(c, row, 0);
            }
        });
        return m;
    }

    private MemorySegment multiply(PackedMatrix m, InstructionSet set, Precision precision, float[] x) {
        try (Team team = new Team(1, "test")) {
            var kernels = new IntegerKernels(arena, set, precision, 1, 1);
            var linear = new PackedLinear(new PackedTeam(team, 1, false, Optional.of(kernels)), List.of(m));
            MemorySegment y = segment(floats(linear.stride(), 1));
            team.run(t -> linear.run(t, segment(x), 1, y));
            return y;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotANumberStaysSoAsInteger(InstructionSet set) {
        assumeTrue(set.supported(flags()::contains), set.label());
        PackedMatrix m = matrix(WeightFormat.Q4, 64, 16, 1);
        for (float bad : new float[] {Float.NaN, -Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int at : new int[] {0, 15, 16, 31, 40}) {
                float[] x = floats(64, 1);
                x[at] = bad;
                MemorySegment y = multiply(m, set, Precision.INT16, x);
                for (int c = 0; c < m.n; c++) {
                    assertThat(y.get(FLOAT, 4L * c)).isNaN();
                }
            }
        }
    }

    private static Set<String> flags() {
        try {
            return new HashSet<>(
                    Arrays.asList(Files.readString(Path.of("/proc/cpuinfo")).split("\\s+")));
        } catch (IOException e) {
            return Set.of(); // no such file: nothing is known of the processor
        }
    }

    private void check(PackedMatrix m, float[] x, int row, MemorySegment y, int at) {
        MemorySegment column = OffHeap.zeroed(arena, 4L * m.k);
        float[] xs = Arrays.copyOfRange(x, row * m.k, (row + 1) * m.k);
        for (int c = 0; c < m.n; c++) {
            float result = y.get(FLOAT, 4L * (at + c));
            assertThat(result).as("%s row %d column %d", m.format, row, c).isEqualTo(Scalar.dot(m, c, xs, Lanes.COUNT));
            m.column(c, column, 0);
            double sum = 0;
            double size = 0;
            for (int i = 0; i < m.k; i++) {
                double product = (double) xs[i] * column.get(FLOAT, 4L * i);
                sum += product;
                size += Math.abs(product);
            }
            assertThat((double) result).isCloseTo(sum, Offset.offset(2e-6 * size));
        }
    }

    /** Return a matrix whose workers' shares are uneven. */
    private PackedMatrix matrix(WeightFormat format, int k, int n, int workers) {
        int panels = Lanes.roundUp(n) / Lanes.COUNT;
        int[] cuts = new int[workers + 1];
        for (int t = 1; t <= workers; t++) {
            cuts[t] = t == workers ? panels : Math.min(panels, cuts[t - 1] + (t == 1 ? 7 : 2));
        }
        PackedMatrix m = new PackedMatrix(format, k, n, cuts, OffHeap.zeroed(arena, PackedMatrix.bytes(format, k, n)));
        write(m, (writer, c) -> {
            switch (format) {
                case Q4 -> {
                    if (c % 2 == 0) {
                        writer.q41(c, blocks(k, 20, 4), 0);
                    } else {
                        writer.q40(c, blocks(k, 20, 2), 0);
                    }
                }
                case Q8 -> writer.q80(c, blocks(k, 34, 2), 0);
                case Q8_MINIMUM, Q8_PAIR -> writer.integers(c, integers(format, k));
                case F16, BF16, F32 -> writer.floats(c, floats(k, 1));
            }
        });
        return m;
    }

    private IntegerWeights integers(WeightFormat format, int k) {
        byte[] q = new byte[k];
        random.nextBytes(q);
        float[] minima = format.minima() ? floats(k / 32, 0.1f) : new float[0];
        return new IntegerWeights(q, floats(k / 16, 0.01f), minima);
    }

    private static void write(PackedMatrix m, BiConsumer<StripWriter, Integer> column) {
        var writer = new StripWriter(m);
        for (int strip : m.strips()) {
            writer.begin(strip);
            for (int c = strip * Lanes.COUNT; c < m.end(strip); c++) {
                column.accept(writer, c);
            }
            writer.end();
        }
    }

    /** Return random GGUF blocks of 32 whose first {@code halves} bytes are sane f16 numbers. */
    private MemorySegment blocks(int k, int bytes, int halves) {
        int size = bytes == 34 ? 34 : 16 + halves;
        byte[] data = new byte[k / 32 * size];
        random.nextBytes(data);
        MemorySegment s = MemorySegment.ofArray(data);
        for (int b = 0; b < k / 32; b++) {
            for (int h = 0; h < halves; h += 2) {
                s.set(
                        ValueLayout.JAVA_SHORT_UNALIGNED,
                        (long) b * size + h,
                        Float.floatToFloat16((float) random.nextGaussian() / 16));
            }
        }
        return s;
    }

    @Test
    void superBlocksBecomeBlocksWithScalesRoundedToHalves() {
        int k = 512;
        byte[] data = new byte[k / 256 * 144];
        random.nextBytes(data);
        MemorySegment q4k = MemorySegment.ofArray(data);
        for (int block = 0; block < k / 256; block++) {
            q4k.set(ValueLayout.JAVA_SHORT_UNALIGNED, 144L * block, Float.floatToFloat16(0.013f));
            q4k.set(ValueLayout.JAVA_SHORT_UNALIGNED, 144L * block + 2, Float.floatToFloat16(0.071f));
        }
        PackedMatrix m = new PackedMatrix(
                WeightFormat.Q4,
                k,
                1,
                new int[] {0, 1},
                OffHeap.zeroed(arena, PackedMatrix.bytes(WeightFormat.Q4, k, 1)));
        write(m, (writer, c) -> writer.q4k(c, q4k, 0));
        float[] exact = Dequantizer.row(new Tensor("t", TensorType.Q4_K, 1, k, q4k), 0);
        for (int i = 0; i < k; i++) {
            float parts = Math.abs(m.integer(0, i) * m.scale(0, i)) + Math.abs(m.minimum(0, i));
            assertThat(m.value(0, i)).isCloseTo(exact[i], Offset.offset(parts * 0x1p-11f));
        }
    }

    @Test
    void blocksAreTranscodedExactly() {
        int k = 64;
        MemorySegment q41 = blocks(k, 20, 4);
        PackedMatrix m = new PackedMatrix(
                WeightFormat.Q4,
                k,
                1,
                new int[] {0, 1},
                OffHeap.zeroed(arena, PackedMatrix.bytes(WeightFormat.Q4, k, 1)));
        write(m, (writer, c) -> writer.q41(c, q41, 0));
        MemorySegment column = OffHeap.zeroed(arena, 4L * k);
        m.column(0, column, 0);
        for (int i = 0; i < k; i++) {
            long block = i / 32 * 20L;
            float d = Float.float16ToFloat(q41.get(ValueLayout.JAVA_SHORT_UNALIGNED, block));
            float min = Float.float16ToFloat(q41.get(ValueLayout.JAVA_SHORT_UNALIGNED, block + 2));
            int q = q41.get(ValueLayout.JAVA_BYTE, block + 4 + i % 16) >>> (i % 32 < 16 ? 0 : 4) & 15;
            assertThat(column.get(FLOAT, 4L * i)).isEqualTo(Math.fma(q, d, min));
        }
        MemorySegment q40 = blocks(k, 20, 2);
        write(m, (writer, c) -> writer.q40(c, q40, 0));
        m.column(0, column, 0);
        for (int i = 0; i < k; i++) {
            long block = i / 32 * 18L;
            float d = Float.float16ToFloat(q40.get(ValueLayout.JAVA_SHORT_UNALIGNED, block));
            int q = q40.get(ValueLayout.JAVA_BYTE, block + 2 + i % 16) >>> (i % 32 < 16 ? 0 : 4) & 15;
            assertThat(column.get(FLOAT, 4L * i)).isCloseTo((q - 8) * d, Offset.offset(Math.abs(d) * 0.005f));
        }
        MemorySegment q8 = blocks(k, 34, 2);
        m = new PackedMatrix(
                WeightFormat.Q8,
                k,
                1,
                new int[] {0, 1},
                OffHeap.zeroed(arena, PackedMatrix.bytes(WeightFormat.Q8, k, 1)));
        write(m, (writer, c) -> writer.q80(c, q8, 0));
        m.column(0, column, 0);
        for (int i = 0; i < k; i++) {
            long block = i / 32 * 34L;
            float d = Float.float16ToFloat(q8.get(ValueLayout.JAVA_SHORT_UNALIGNED, block));
            assertThat(column.get(FLOAT, 4L * i)).isEqualTo(q8.get(ValueLayout.JAVA_BYTE, block + 2 + i % 32) * d);
        }
    }

    /** @param d where a block has its scale as a half, and {@code m} its minimum; -1 if nowhere */
    @ParameterizedTest
    @CsvSource({
        "Q5_0, Q8, 0, -1",
        "IQ4_NL, Q8, 0, -1",
        "Q5_1, Q8_MINIMUM, 0, 2",
        "Q5_K, Q8_MINIMUM, 0, 2",
        "IQ4_XS, Q8_MINIMUM, 0, -1",
        "MXFP4, Q8_MINIMUM, -1, -1",
        "Q3_K, Q8_PAIR, 108, -1",
        "Q6_K, Q8_PAIR, 208, -1"
    })
    void integersOfOtherTypesKeepTheirValues(TensorType type, WeightFormat format, int d, int m) {
        int k = 512;
        byte[] data = new byte[(int) type.bytes(k)];
        random.nextBytes(data);
        Tensor tensor = new Tensor("t", type, 1, k, MemorySegment.ofArray(data));
        for (int block = 0; block < data.length; block += type.blockBytes()) {
            for (int at : new int[] {d, m}) {
                if (at >= 0) {
                    short half = Float.floatToFloat16((float) random.nextGaussian() / 16);
                    tensor.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, block + at, half);
                }
            }
        }
        MemorySegment packed = OffHeap.zeroed(arena, PackedMatrix.bytes(format, k, 1));
        PackedMatrix matrix = new PackedMatrix(format, k, 1, new int[] {0, 1}, packed);
        write(matrix, (writer, c) -> writer.integers(c, Dequantizer.integers(tensor, 0)));
        MemorySegment column = OffHeap.zeroed(arena, 4L * k);
        matrix.column(0, column, 0);
        float[] right = Dequantizer.row(tensor, 0);
        for (int i = 0; i < k; i++) {
            assertThat(column.get(FLOAT, 4L * i) + 0f).isEqualTo(right[i] + 0f); // zeros of either sign
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7})
    void attentionOfEveryGroup(int group) {
        int headDim = 64;
        int pageSize = 16;
        KvPool kv = new KvPool(arena, 8, pageSize, 1, 2, headDim);
        MemorySegment tokens = segment(floats(100 * headDim, 1));
        for (int slot = 0; slot < 50; slot++) {
            for (int head = 0; head < 2; head++) {
                kv.write(7 - slot / 16, slot % 16, 0, head, tokens, 4L * headDim * slot, 4L * headDim * (slot + 30));
            }
        }
        ForwardBatch batch = batch(50, 5);
        int stride = 2 * group * headDim;
        MemorySegment y = segment(floats(5 * stride, 1));
        float scale = (float) (1 / Math.sqrt(headDim));
        for (int window : new int[] {0, 1, 5, 16, 20, 49, 100}) {
            float[] plain =
                    attend(AttentionKernels.SCALAR.open(arena, kv, 2 * group, scale, 1), batch, window, y, stride);
            for (AttentionKernels kernels : AttentionKernels.values()) {
                if (kernels.supported(flags()::contains)) {
                    Attention attention = kernels.open(arena, kv, 2 * group, scale, 1);
                    assertThat(attend(attention, batch, window, y, stride))
                            .as("%s, window %d", kernels, window)
                            .isEqualTo(plain);
                }
            }
            float[] direct = direct(tokens, y, group, headDim, window);
            for (int i = 0; i < direct.length; i++) {
                assertThat(plain[i]).isCloseTo(direct[i], Offset.offset(2e-3f)); // keys and values are kept in f16
            }
        }
    }

    private float[] attend(Attention attention, ForwardBatch batch, int window, MemorySegment y, int stride) {
        MemorySegment out = OffHeap.zeroed(arena, 4L * 5 * stride);
        try (Team team = new Team(1, "test")) {
            attention.plan(batch);
            attention.run(0, team, batch, 0, window, y, stride, out);
        }
        return array(out, 0, 5 * stride);
    }

    /** Attend in doubles. */
    private static float[] direct(MemorySegment tokens, MemorySegment y, int group, int headDim, int window) {
        int heads = 2 * group;
        float[] out = new float[5 * heads * headDim];
        for (int row = 0; row < 5; row++) {
            for (int h = 0; h < heads; h++) {
                int at = (row * heads + h) * headDim;
                double sum = 0;
                double[] o = new double[headDim];
                for (int slot = window == 0 ? 0 : Math.max(0, 46 + row - window); slot <= 45 + row; slot++) {
                    double dot = 0;
                    for (int i = 0; i < headDim; i++) {
                        dot += (double) y.get(FLOAT, 4L * (at + i)) * tokens.get(FLOAT, 4L * (slot * headDim + i));
                    }
                    double w = Math.exp(dot / Math.sqrt(headDim));
                    sum += w;
                    for (int i = 0; i < headDim; i++) {
                        o[i] += w * tokens.get(FLOAT, 4L * ((slot + 30) * headDim + i));
                    }
                }
                for (int i = 0; i < headDim; i++) {
                    out[at + i] = (float) (o[i] / sum);
                }
            }
        }
        return out;
    }

    private static ForwardBatch batch(int length, int rows) {
        ForwardBatch b = new ForwardBatch(DriverCapabilities.ofBatches(16, 16, 4, 4));
        b.requests = 1;
        b.rows = rows;
        b.qoIndptr[1] = rows;
        b.kvLength[0] = length;
        b.pageIndptr[1] = 4;
        for (int i = 0; i < 4; i++) {
            b.pageIndices[i] = 7 - i;
            b.pageOrdinals[i] = i;
        }
        return b;
    }
}
