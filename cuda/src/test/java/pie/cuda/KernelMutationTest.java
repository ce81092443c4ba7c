package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;
import pie.cuda.emulator.Emulator;

/**
 * Plant one defect in a kernel of the shipped PTX and run that kernel's comparison with plain loops on the emulator: it must fail, by a
 * wrong value, a wrong status, or a finding of the emulator. A defect that passes shows a hole in those tests.
 */
@ExtendWith(Emulator.class)
final class KernelMutationTest {
    /** Run the part of the twin test that covers a kernel. */
    interface Trial {
        void run(KernelTwinTest twin);
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

    private static final Trial EMBED = KernelTwinTest::embeddingsAreRowsOfTheTable;
    private static final Trial NORM = t -> t.normsDivideByTheRootMeanSquare(1000);
    private static final Trial SHORT_NORM = t -> t.normsDivideByTheRootMeanSquare(64);
    private static final Trial GEMM = t -> t.productsAgreeWithSumsForEveryWidth(13, 80, 96);
    private static final Trial WIDE_GEMM = t -> t.productsAgreeWithSumsForEveryWidth(70, 128, 64);
    private static final Trial GATES = t -> t.gatesAndUpsMeet(20, 100, 64);
    private static final Trial ROPE = KernelTwinTest::keysAreRotatedAndWrittenToTheirPlaces;
    private static final Trial ATTENTION = t -> t.attentionAgreesWithSoftmax(64, 3, 7, 700, 20, 300, 0, false);
    private static final Trial LONG_ATTENTION = t -> t.attentionAgreesWithSoftmax(64, 4, 3, 1030, 0, 0, 0, false);
    private static final Trial BLIND = t -> t.attentionAgreesWithSoftmax(64, 2, 3, 60, 0, 300, 0, false);
    private static final Trial MASKED = t -> t.attentionAgreesWithSoftmax(16, 2, 33, 90, 0, 17, 0, true);
    private static final Trial SAMPLE = t -> t.drawsAreThoseOfTheReference(80);
    private static final Trial WIDE_SAMPLE = t -> t.drawsAreThoseOfTheReference(1000);

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
                new Mutant("no barrier before the sums are read", "rms_norm", BARRIER, 0, "", NORM),
                new Mutant("a shuffle of the wrong distance", "rms_norm", "(mov\\.u32 .*), 16;", 0, "$1, 8;", NORM),
                new Mutant("half the lanes in the mask", "rms_norm", "(mov\\.u32 .*), -1;", 0, "$1, 65535;", NORM),
                new Mutant("two lanes write a warp's sum", "rms_norm", "(and\\.b32 .*), 31;", 0, "$1, 15;", NORM),
                new Mutant("the sum of a ninth warp", "rms_norm", "sums\\+28\\]", 0, "sums+32]", NORM),
                new Mutant("a sum left out", "rms_norm", "sums\\+12\\]", 0, "sums+8]", NORM),
                new Mutant(
                        "threads without work leave before the barrier",
                        "rms_norm",
                        "@%p3 bra .*;",
                        0,
                        "@%p3 ret;",
                        SHORT_NORM),
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
                        "gemm_store_16",
                        "setp\\.ge\\.s32(.*%r\\d+, %r\\d+;\\n\\t@%p\\d+ bra \\t\\$L__BB\\d+_\\d+;\\n\\n\\tst\\.global)",
                        0,
                        "setp.gt.s32$1",
                        GEMM),
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
                new Mutant("rotated the other way", "rope_append", "sub\\.f32", 0, "add.f32", ROPE),
                new Mutant(
                        "rows without a place are written",
                        "rope_append",
                        "setp\\.lt\\.s32(.*), 0;",
                        0,
                        "setp.lt.s32$1, -99;",
                        ROPE),
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
                new Mutant(
                        "a prefix sum that wraps around",
                        "sample",
                        "shfl\\.sync\\.up\\.b32",
                        1,
                        "shfl.sync.bfly.b32",
                        WIDE_SAMPLE),
                new Mutant("a greatest that may lose", "sample", "max\\.u64", 5, "min.u64", SAMPLE)));
        for (int i = 0; i < 4; i++) {
            all.add(new Mutant(
                    "barrier " + i + " missing", "attention_64", BARRIER, i, "", i == 3 ? BLIND : ATTENTION));
        }
        for (int i : new int[] {1, 2, 3, 8, 12, 20, 30}) {
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
        KernelTwinTest twin = new KernelTwinTest() {
            @Override
            CudaApi device() {
                return new ForwardingApi(JCudaApi.open(0)) {
                    @Override
                    public void load(String whole) {
                        to.load(ptx);
                    }
                };
            }
        };
        String why = "";
        try {
            twin.open();
            mutant.trial().run(twin);
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
