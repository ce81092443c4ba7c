package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.cuda.api.CudaApi;
import pie.cuda.emulator.Emulator;

/**
 * Plant one defect in a kernel of the shipped PTX and run that kernel's comparison with plain loops on the emulator: it must fail, by a
 * wrong value, a wrong status, or a finding of the emulator. A defect that passes shows a hole in those tests.
 */
@ExtendWith(Emulator.class)
final class KernelMutationTest {
    /** Run the part of the twin test that covers a kernel. */
    interface Trial {
        void run(UnaryOperator<CudaApi> change);
    }

    private static Trial rows(Consumer<KernelTwinTest> test) {
        return change -> {
            KernelTwinTest twin = new KernelTwinTest();
            twin.change = change;
            twin.open();
            test.accept(twin);
        };
    }

    private static Trial products(Consumer<ProductTwinTest> test) {
        return change -> {
            ProductTwinTest twin = new ProductTwinTest();
            twin.change = change;
            twin.open();
            test.accept(twin);
        };
    }

    /**
     * A defect: in a kernel's text, replace the match number {@code which} of a pattern.
     *
     * @param which counted from 0
     */
    record Mutant(String defect, String kernel, String pattern, int which, String replacement, Trial trial) {
        String apply(String ptx) {
            int from = ptx.indexOf(".visible .entry " + kernel + "(");
            int to = ptx.indexOf("\n}", from);
            String text = ptx.substring(from, to);
            Matcher matcher = Pattern.compile(pattern).matcher(text);
            for (int i = 0; i <= which; i++) {
                assertThat(matcher.find())
                        .as("%s: match %d of %s", defect, i, pattern)
                        .isTrue();
            }
            StringBuilder changed = new StringBuilder(ptx.substring(0, from)).append(text, 0, matcher.start());
            Matcher one = Pattern.compile(pattern).matcher(matcher.group());
            assertThat(one.matches()).isTrue();
            changed.append(one.replaceFirst(replacement)).append(text.substring(matcher.end()));
            String result = changed.append(ptx.substring(to)).toString();
            assertThat(result).isNotEqualTo(ptx);
            return result;
        }

        @Override
        public String toString() {
            return kernel + ": " + defect;
        }
    }

    private static final Trial EMBED = rows(KernelTwinTest::embeddingsAreRowsOfTheTable);
    private static final Trial NORM = rows(t -> t.normsDivideByTheRootMeanSquare(1000));
    private static final Trial WIDE_NORM = rows(t -> t.normsDivideByTheRootMeanSquare(64));
    private static final Trial NARROW_GEMM = products(t -> t.productsAgreeWithSumsForEveryWidth(13, 72, 96));
    private static final Trial GEMM = products(t -> t.productsAgreeWithSumsForEveryWidth(13, 80, 96));
    private static final Trial WIDE_GEMM = products(t -> t.productsAgreeWithSumsForEveryWidth(70, 128, 64));
    private static final Trial GATES = products(t -> t.gatesAndUpsMeet(20, 100, 64));
    private static final Trial ROTATE = products(t -> t.keysAreRotatedAndWrittenToTheirPlaces(20, 32, 8, 64, true));
    private static final Trial WIDE_ROTATE =
            products(t -> t.keysAreRotatedAndWrittenToTheirPlaces(3, 32, 16, 96, true));
    private static final Trial ATTENTION = rows(t -> t.attentionAgreesWithSoftmax(64, 3, 7, 700, 20, 300, 0, false));
    private static final Trial LONG_ATTENTION = rows(t -> t.attentionAgreesWithSoftmax(64, 4, 3, 1030, 0, 0, 0, false));
    private static final Trial BLIND = rows(t -> t.attentionAgreesWithSoftmax(64, 2, 3, 60, 0, 300, 0, false));
    private static final Trial MASKED = rows(t -> t.attentionAgreesWithSoftmax(16, 2, 33, 90, 0, 17, 0, true));
    private static final Trial SAMPLE = rows(t -> t.drawsAreThoseOfTheReference(80));
    private static final Trial WIDE_SAMPLE = rows(t -> t.drawsAreThoseOfTheReference(1000));

    private static final String BARRIER = "bar\\.sync \\t0;";

    static Stream<Mutant> mutants() {
        List<Mutant> all = new ArrayList<>(List.of(
                // rows and their bounds
                new Mutant("one row too many", "embed", "setp\\.ge\\.s32(.*%r1, )", 0, "setp.gt.s32$1", EMBED),
                new Mutant("the draw before the one named", "embed", "(xor\\.b64 .*), -4;", 0, "$1, -8;", EMBED),
                new Mutant(
                        "an element to the right",
                        "embed",
                        "st\\.global\\.f32 (.*)\\[(%rd\\d+)\\]",
                        0,
                        "st.global.f32 $1[$2+4]",
                        EMBED),
                new Mutant(
                        "an odd address",
                        "embed",
                        "ld\\.global\\.u16 (.*)\\[(%rd\\d+)\\]",
                        0,
                        "ld.global.u16 $1[$2+1]",
                        EMBED),
                new Mutant("rows of a tile mixed", "embed", "(and\\.b32 .*), 480;", 0, "$1, 448;", EMBED),
                // reductions
                new Mutant(
                        "squares of fewer columns",
                        "embed",
                        "shfl\\.sync\\.bfly\\.b32 \\s*(\\S+)\\|(\\S+), (\\S+), (\\S+), (\\S+), (\\S+);",
                        1,
                        "mov.b32 $1, $3;",
                        EMBED),
                new Mutant("a part of the squares twice", "rms_norm", "(add\\.s64 .*), 128;", 0, "$1, 124;", NORM),
                new Mutant(
                        "lanes read beyond the parts",
                        "rms_norm",
                        "setp\\.ge\\.s32(.*%p3, )",
                        0,
                        "setp.gt.s32$1",
                        WIDE_NORM),
                new Mutant("a shuffle of the wrong distance", "rms_norm", "(mov\\.u32 .*), 16;", 0, "$1, 8;", NORM),
                new Mutant("half the lanes in the mask", "rms_norm", "(mov\\.u32 .*), -1;", 0, "$1, 65535;", NORM),
                new Mutant("two lanes write a warp's sum", "rms_norm", "(and\\.b32 .*), 31;", 0, "$1, 15;", NORM),
                new Mutant("the mean forgotten", "rms_norm", "div\\.rn\\.f32", 0, "mul.rn.f32", NORM),
                new Mutant("no root", "rms_norm", "sqrt\\.rn\\.f32", 0, "mov.f32", NORM),
                // tiles
                new Mutant("no barrier before the chunks are added", "gemm_store_8", BARRIER, 0, "", GEMM),
                new Mutant(
                        "registers of the left matrix swapped",
                        "gemm_store_8",
                        "\\{(%r\\d+),(%r\\d+),(%r\\d+),(%r\\d+)\\},\\{(%r\\d+),(%r\\d+)\\}",
                        0,
                        "{$2,$1,$3,$4},{$5,$6}",
                        GEMM),
                new Mutant(
                        "rows of a shared tile overlap",
                        "gemm_store_8",
                        "st\\.shared\\.f32 (.*)\\+68\\]",
                        0,
                        "st.shared.f32 $1+64]",
                        GEMM),
                new Mutant("warps' parts overlap", "gemm_store_8", "(mul\\.wide\\.u32 .*), 544;", 0, "$1, 512;", GEMM),
                new Mutant(
                        "a chunk left out",
                        "gemm_store_8",
                        "ld\\.shared\\.f32 (.*)\\+1632\\]",
                        0,
                        "ld.shared.f32 $1+1088]",
                        GEMM),
                new Mutant(
                        "columns that do not exist are stored",
                        "gemm_add_8",
                        "setp\\.lt\\.s32",
                        3,
                        "setp.le.s32",
                        NARROW_GEMM),
                new Mutant(
                        "a sum of squares left out",
                        "gemm_add_8",
                        "shfl\\.sync\\.bfly\\.b32 \\s*(\\S+)\\|(\\S+), (\\S+), (\\S+), (\\S+), (\\S+);",
                        2,
                        "mov.b32 $1, $3;",
                        GEMM),
                new Mutant(
                        "squares before the addition",
                        "gemm_add_64",
                        "shfl\\.sync\\.bfly\\.b32 \\s*(\\S+)\\|(\\S+), (\\S+), (\\S+), (\\S+), (\\S+);",
                        4,
                        "mov.b32 $1, $3;",
                        WIDE_GEMM),
                new Mutant("no barrier before scales are read", "norm_gemm_swiglu_8", BARRIER, 0, "", GATES),
                new Mutant(
                        "norm weights of other columns",
                        "norm_gemm_swiglu_16",
                        "mul\\.rn\\.f32 \\s*(\\S+), (\\S+), (\\S+);",
                        1,
                        "mov.f32 $1, $2;",
                        GATES),
                new Mutant("another adapter", "gemm_add_8", "(mul\\.wide\\.s32 .*), 24;", 0, "$1, 16;", GEMM),
                new Mutant(
                        "rows without an adapter get one",
                        "gemm_swiglu_8",
                        "setp\\.lt\\.s32(.*), 0;",
                        0,
                        "setp.lt.s32$1, -9;",
                        GATES),
                new Mutant("another adapter", "shrink_plain", "(mul\\.wide\\.s32 .*), 24;", 0, "$1, 16;", GEMM),
                new Mutant("numbers of the next rank", "shrink_plain", "(shr\\.u32 .*), 5;", 1, "$1, 6;", GEMM),
                new Mutant("another adapter", "shrink_normed", "(mul\\.wide\\.s32 .*), 24;", 0, "$1, 16;", GATES),
                new Mutant("a sum subtracted", "gemm_store_64", "add\\.rn\\.f32", 0, "sub.rn.f32", WIDE_GEMM),
                new Mutant(
                        "rows beyond the last are read",
                        "gemm_store_64",
                        "setp\\.(lt|ge)\\.s32",
                        1,
                        "setp.ne.s32",
                        WIDE_GEMM),
                new Mutant("nothing is added to", "gemm_add_8", "add\\.rn\\.f32", 14, "sub.rn.f32", GEMM),
                new Mutant("the wrong sign in the gate", "gemm_swiglu_8", "0fBFB8AA3B", 0, "0f3FB8AA3B", GATES),
                new Mutant(
                        "the gate's approximation replaced",
                        "gemm_swiglu_16",
                        "ex2\\.approx\\.f32",
                        0,
                        "lg2.approx.f32",
                        GATES),
                // rotation
                new Mutant("rotated the other way", "gemm_rotate_8", "neg\\.f32", 0, "mov.f32", ROTATE),
                new Mutant(
                        "rows without a place are written",
                        "gemm_rotate_8",
                        "setp\\.lt\\.s32(.*), 0;",
                        2,
                        "setp.lt.s32$1, -99;",
                        ROTATE),
                new Mutant("no barrier before scales are read", "norm_gemm_rotate_8", BARRIER, 0, "", ROTATE),
                new Mutant("keys half a rotation away", "gemm_rotate_64", "neg\\.f32", 0, "mov.f32", WIDE_ROTATE),
                // attention
                new Mutant(
                        "weights grow without a bound", "attention_64", "ex2\\.approx\\.f32", 3, "mov.b32", ATTENTION),
                new Mutant(
                        "an odd address of keys",
                        "attention_64",
                        "ld\\.global\\.v2\\.u32 (.*)\\[(%rd\\d+)\\+?(\\d*)\\]",
                        2,
                        "ld.global.v2.u32 $1[$2+4]",
                        ATTENTION),
                new Mutant(
                        "the next word of the mask", "attention_16", "shr\\.s64 (.*), 6;", 3, "shr.s64 $1, 5;", MASKED),
                new Mutant("lanes of another pair", "attention_16", "(mov\\.u32 .*), 1;\\n", 0, "$1, 4;\n", MASKED),
                new Mutant(
                        "queries of another tile row",
                        "attention_16",
                        "mma\\.sync(.*)\\{(%r\\d+),(%r\\d+),(%r\\d+),(%r\\d+)\\},\\{(%r\\d+)",
                        0,
                        "mma.sync$1{$2,$3,$5,$4},{$6",
                        MASKED),
                new Mutant("a part read from its neighbour", "attention_merge", "\\+64\\]", 0, "+60]", LONG_ATTENTION),
                new Mutant(
                        "factors of the two parts swapped",
                        "attention_merge",
                        "fma\\.rn\\.f32 (.*), (%f\\d+), (%f\\d+), (%f\\d+);",
                        2,
                        "fma.rn.f32 $1, $2, $2, $4;",
                        LONG_ATTENTION),
                // sampling
                new Mutant(
                        "the complement of a token",
                        "sample",
                        "not\\.b32(.*\n\tst\\.global\\.u32)",
                        0,
                        "mov.b32$1",
                        SAMPLE),
                new Mutant("the low half of the random product", "sample", "mul\\.hi\\.u64", 0, "mul.lo.u64", SAMPLE),
                new Mutant("another constant of the generator", "sample", "-845247145", 0, "-845247144", SAMPLE),
                new Mutant("a list sorted the other way", "sample", "setp\\.lt\\.u64", 2, "setp.gt.u64", WIDE_SAMPLE),
                new Mutant(
                        "a prefix sum that wraps around",
                        "sample",
                        "shfl\\.sync\\.up\\.b32",
                        20,
                        "shfl.sync.bfly.b32",
                        WIDE_SAMPLE),
                new Mutant(
                        "two tokens in one place of the list",
                        "sample",
                        "(atom\\.shared\\.add\\.u32 .*), 1;",
                        8,
                        "$1, 0;",
                        WIDE_SAMPLE)));
        for (int i = 0; i < 4; i++) {
            all.add(new Mutant(
                    "barrier " + i + " missing", "attention_64", BARRIER, i, "", i == 3 ? BLIND : ATTENTION));
        }
        for (int i : new int[] {1, 2, 3, 6, 12, 15, 21, 30, 34, 44}) {
            all.add(new Mutant("barrier " + i + " missing", "sample", BARRIER, i, "", WIDE_SAMPLE));
        }
        return all.stream();
    }

    @AfterEach
    void reset() {
        Emulator.reset();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void defectsAreCaught(Mutant mutant) {
        Emulator.set("budget", 20_000_000);
        assertThat(caught(mutant)).as("what caught %s", mutant).isNotEmpty();
    }

    /** Return why the trial failed; empty if it passed. */
    private static String caught(Mutant mutant) {
        String ptx = mutant.apply(KernelSource.ptx(NumberFormat.F16));
        String why = "";
        try {
            mutant.trial().run(api -> new ForwardingApi(api) {
                @Override
                public void load(byte[] whole) {
                    to.load(ptx.getBytes(StandardCharsets.US_ASCII));
                }
            });
        } catch (RuntimeException | AssertionError e) {
            why = String.valueOf(e.getMessage())
                    .lines()
                    .filter(l -> !l.isBlank())
                    .findFirst()
                    .orElse("failed");
        }
        List<String> findings = Emulator.findings();
        return findings.isEmpty() ? why : findings.getFirst();
    }
}
