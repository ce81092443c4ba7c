package pie.cpu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pie.cpu.machine.Assembler.Length.X128;
import static pie.cpu.machine.Assembler.Length.Y256;
import static pie.cpu.machine.Assembler.Length.Z512;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import pie.cpu.machine.Assembler.Encoding;
import pie.cpu.machine.Assembler.Op;
import pie.cpu.machine.Assembler.Reg;

/** Compare with what GNU as 2.40 makes of the same instructions, on any processor. */
class AssemblerTest {
    @Test
    void bytesAreThoseOfGnuAs() {
        check("vmovups 64(%r11),%zmm17", "62c17c48104b01", a -> a.memory(Z512, Op.LOAD, 17, 0, Reg.R11, 64));
        check("vmovups 8192(%rdi),%zmm3", "62f17c48109f00200000", a -> a.memory(Z512, Op.LOAD, 3, 0, Reg.RDI, 8192));
        check("vmovups %xmm9,48(%rsi)", "62717c08114e03", a -> a.memory(X128, Op.STORE, 9, 0, Reg.RSI, 48));
        check("vmovups %zmm31,-64(%r9)", "62417c481179ff", a -> a.memory(Z512, Op.STORE, 31, 0, Reg.R9, -64));
        check("vmovss %xmm20,68(%rsi)", "62e17e08116611", a -> a.memory(X128, Op.STORE_SCALAR, 20, 0, Reg.RSI, 68));
        check("vmovd %xmm6,72(%rsi)", "62f17d087e7612", a -> a.memory(X128, Op.STORE_INT, 6, 0, Reg.RSI, 72));
        check("vmovss %xmm0,%xmm27,%xmm27", "6261260010d8", a -> a.vector(X128, Op.MERGE_SCALAR, 27, 27, 0));
        check("vpandd %zmm31,%zmm0,%zmm2", "62917d48dbd7", a -> a.vector(Z512, Op.AND, 2, 0, 31));
        check("vpxord %zmm20,%zmm19,%zmm18", "62a16540efd4", a -> a.vector(Z512, Op.XOR, 18, 19, 20));
        check("vpxord 256(%r11),%zmm15,%zmm5", "62d10548ef6b04", a -> a.memory(Z512, Op.XOR, 5, 15, Reg.R11, 256));
        check("vpaddd %zmm1,%zmm0,%zmm6", "62f17d48fef1", a -> a.vector(Z512, Op.ADD_INTS, 6, 0, 1));
        check(
                "vpaddd 1000(%rax){1to16},%zmm10,%zmm10",
                "62712d58fe90e8030000", a -> a.broadcast(Z512, Op.ADD_INTS, 10, 10, Reg.RAX, 1000));
        check("vpsubd %xmm8,%xmm7,%xmm6", "62d14508faf0", a -> a.vector(X128, Op.SUBTRACT_INTS, 6, 7, 8));
        check("vpsrld $4,%zmm17,%zmm1", "62b1754872d104", a -> a.vector(Z512, Op.SHIFT, 2, 1, 17, 4));
        check("vpsrad $7,%zmm9,%zmm8", "62d13d4872e107", a -> a.vector(Z512, Op.SHIFT, 4, 8, 9, 7));
        check("vpslld $7,%zmm26,%zmm25", "6291354072f207", a -> a.vector(Z512, Op.SHIFT, 6, 25, 26, 7));
        check("vpshufd $0x4e,%xmm2,%xmm3", "62f17d0870da4e", a -> a.vector(X128, Op.SHUFFLE_INTS, 3, 0, 2, 0x4e));
        check("vpshufb %xmm27,%xmm9,%xmm8", "6212350800c3", a -> a.vector(X128, Op.SHUFFLE_BYTES, 8, 9, 27));
        check(
                "vpternlogd $0x6a,%zmm15,%zmm14,%zmm1",
                "62d30d4825cf6a", a -> a.vector(Z512, Op.TERNARY, 1, 14, 15, 0x6a));
        check("vpdpbusd %zmm12,%zmm11,%zmm10", "6252254850d4", a -> a.vector(Z512, Op.DOT_BYTES, 10, 11, 12));
        check(
                "vpdpbusd 28(%rax){1to16},%zmm7,%zmm10",
                "62724558505007", a -> a.broadcast(Z512, Op.DOT_BYTES, 10, 7, Reg.RAX, 28));
        check("vcvtdq2ps %zmm26,%zmm10", "62117c485bd2", a -> a.vector(Z512, Op.INTS_TO_FLOATS, 10, 0, 26));
        check("vcvtps2dq %zmm1,%zmm1", "62f17d485bc9", a -> a.vector(Z512, Op.FLOATS_TO_INTS, 1, 0, 1));
        check("vcvtph2ps %ymm9,%zmm8", "62527d4813c1", a -> a.vector(Z512, Op.HALVES_TO_FLOATS, 8, 0, 9));
        check("vcvtph2ps 32(%rax),%zmm1", "62f27d48134801", a -> a.memory(Z512, Op.LOAD_HALVES, 1, 0, Reg.RAX, 32));
        check(
                "vcvtph2ps 2048(%rax),%zmm17",
                "62e27d48134840", a -> a.memory(Z512, Op.LOAD_HALVES, 17, 0, Reg.RAX, 2048));
        check(
                "vbroadcastsd 264(%rsi),%zmm2",
                "62f2fd48195621", a -> a.memory(Z512, Op.BROADCAST_PAIR, 2, 0, Reg.RSI, 264));
        check("vaddps %zmm5,%zmm4,%zmm20", "62e15c4858e5", a -> a.vector(Z512, Op.ADD, 20, 4, 5));
        check("vsubps %zmm5,%zmm4,%zmm4", "62f15c485ce5", a -> a.vector(Z512, Op.SUBTRACT, 4, 4, 5));
        check("vminps %zmm3,%zmm7,%zmm3", "62f144485ddb", a -> a.vector(Z512, Op.LEAST, 3, 7, 3));
        check("vmaxps 64(%rdi),%zmm1,%zmm1", "62f174485f4f01", a -> a.memory(Z512, Op.MOST, 1, 1, Reg.RDI, 64));
        check(
                "vshufps $0xdd,%zmm31,%zmm30,%zmm5",
                "62910c40c6efdd", a -> a.vector(Z512, Op.SHUFFLE_FLOATS, 5, 30, 31, 0xdd));
        check("vpermq %zmm4,%zmm3,%zmm20", "62e2e54836e4", a -> a.vector(Z512, Op.PERMUTE_PAIRS, 20, 3, 4));
        check("vcmpps $5,%zmm10,%zmm2,%k1", "62d16c48c2ca05", a -> a.vector(Z512, Op.COMPARE, 1, 2, 10, 5));
        check("vmovups %zmm6,%zmm5{%k1}{z}", "62f17cc910ee", a -> a.masked(Z512, Op.LOAD, 1, 5, 0, 6));
        check("vfmadd213ps %zmm12,%zmm1,%zmm6", "62d27548a8f4", a -> a.vector(Z512, Op.MULTIPLY_THEN_ADD, 6, 1, 12));
        check("vpmovdw %zmm10,%ymm8", "62527e4833d0", a -> a.vector(Z512, Op.INTS_TO_SHORTS, 10, 0, 8));
        check("vpmovdb %zmm21,%xmm5", "62e27e4831ed", a -> a.vector(Z512, Op.INTS_TO_BYTES, 21, 0, 5));
        check("vmulps %zmm5,%zmm0,%zmm0", "62f17c4859c5", a -> a.vector(Z512, Op.MULTIPLY, 0, 0, 5));
        check(
                "vmulps 64(%rax){1to16},%zmm8,%zmm11",
                "62713c58595810", a -> a.broadcast(Z512, Op.MULTIPLY, 11, 8, Reg.RAX, 64));
        check("vpmaxsd %zmm3,%zmm2,%zmm2", "62f26d483dd3", a -> a.vector(Z512, Op.MOST_INTS, 2, 2, 3));
        check("vfmadd231ps %zmm11,%zmm10,%zmm16", "62c22d48b8c3", a -> a.vector(Z512, Op.MULTIPLY_ADD, 16, 10, 11));
        check(
                "vfmadd231ps 68(%rax){1to16},%zmm9,%zmm30",
                "62623558b87011", a -> a.broadcast(Z512, Op.MULTIPLY_ADD, 30, 9, Reg.RAX, 68));
        check("vmulss %xmm29,%xmm2,%xmm4", "62916e0859e5", a -> a.vector(X128, Op.MULTIPLY_SCALAR, 4, 2, 29));
        check("vdivss %xmm2,%xmm30,%xmm5", "62f10e005eea", a -> a.vector(X128, Op.DIVIDE_SCALAR, 5, 30, 2));
        check("vmaxss %xmm2,%xmm28,%xmm2", "62f11e005fd2", a -> a.vector(X128, Op.MOST_SCALAR, 2, 28, 2));
        check("vbroadcastss %xmm5,%zmm5", "62f27d4818ed", a -> a.vector(Z512, Op.BROADCAST_SCALAR, 5, 0, 5));
        check("vextracti32x4 $1,%ymm2,%xmm3", "62f37d2839d301", a -> a.vector(Y256, Op.EXTRACT_128, 2, 0, 3, 1));
        check("vextracti64x4 $1,%zmm2,%ymm19", "62b3fd483bd301", a -> a.vector(Z512, Op.EXTRACT_256, 2, 0, 19, 1));
        check(
                "mov $0x0f0f0f0f,%eax; vpbroadcastd %eax,%zmm14",
                "b80f0f0f0f62727d487cf0", a -> a.constant(Z512, 14, 0x0f0f0f0f));
        check("mov %rdi,%r11", "4989fb", a -> a.move(Reg.R11, Reg.RDI));
        check("mov %r9,%rax", "4c89c8", a -> a.move(Reg.RAX, Reg.R9));
        check("add %r8,%r9", "4d01c1", a -> a.add(Reg.R9, Reg.R8));
        check(".byte 0x49,0x81,0xc3; .long 1280", "4981c300050000", a -> a.add(Reg.R11, 1280));
        check(".byte 0x4c,0x8b,0x97; .long 16", "4c8b9710000000", a -> a.load(Reg.R10, Reg.RDI, 16));
        check(".byte 0x49,0x8b,0x82; .long 0", "498b8200000000", a -> a.load(Reg.RAX, Reg.R10, 0));
        check(".byte 0x41,0x0f,0x18,0x8b; .long 128", "410f188b80000000", a -> a.prefetch(Reg.R11, 128));
        check("1: dec %r10; .byte 0x0f,0x85; .long -9", "49ffca0f85f7ffffff", a -> a.loop(Reg.R10, 0));
        check("movabs $0x123456789abcdef0,%r9", "49b9f0debc9a78563412", a -> a.constant(Reg.R9, 0x123456789abcdef0L));
        check("vzeroupper; ret", "c5f877c3", a -> a.end());
    }

    @Test
    void shortPrefixesGiveTheBytesOfGnuAsToo() {
        narrow("vmovups 64(%rdi),%xmm3", "c4e178105f40", a -> a.memory(X128, Op.LOAD, 3, 0, Reg.RDI, 64));
        narrow("vmovups %ymm12,4096(%r9)", "c4417c11a100100000", a -> a.memory(Y256, Op.STORE, 12, 0, Reg.R9, 4096));
        narrow("vmovups %ymm9,-32(%rsp)", "c4617c114c24e0", a -> a.memory(Y256, Op.STORE, 9, 0, Reg.RSP, -32));
        narrow("vmovd %xmm8,72(%rsi)", "c461797e4648", a -> a.memory(X128, Op.STORE_INT, 8, 0, Reg.RSI, 72));
        narrow("vpand 96(%r9),%ymm5,%ymm5", "c4c155db6960", a -> a.memory(Y256, Op.AND, 5, 5, Reg.R9, 96));
        narrow("vpsrad $8,%ymm4,%ymm5", "c4e15572e408", a -> a.vector(Y256, Op.SHIFT, 4, 5, 4, 8));
        narrow("vpsraw $8,%ymm4,%ymm5", "c4e15571e408", a -> a.vector(Y256, Op.SHIFT_SHORTS, 4, 5, 4, 8));
        narrow("vpmaddubsw %ymm9,%ymm7,%ymm9", "c4424504c9", a -> a.vector(Y256, Op.MULTIPLY_BYTES, 9, 7, 9));
        narrow(
                "vpmaddwd 32(%r9),%ymm11,%ymm11",
                "c44125f55920", a -> a.memory(Y256, Op.MULTIPLY_SHORTS, 11, 11, Reg.R9, 32));
        narrow("vpaddw %ymm9,%ymm11,%ymm11", "c44125fdd9", a -> a.vector(Y256, Op.ADD_SHORTS, 11, 11, 9));
        narrow("vpackusdw %xmm10,%xmm9,%xmm9", "c442312bca", a -> a.vector(X128, Op.PACK_INTS, 9, 9, 10));
        narrow("vpackuswb %xmm10,%xmm8,%xmm8", "c4413967c2", a -> a.vector(X128, Op.PACK_SHORTS, 8, 8, 10));
        narrow("vpermq $0xd8,%ymm9,%ymm9", "c443fd00c9d8", a -> a.vector(Y256, Op.ORDER_PAIRS, 9, 0, 9, 0xd8));
        narrow("{vex} vpdpbusd %ymm9,%ymm7,%ymm11", "c4424550d9", a -> a.vector(Y256, Op.DOT_BYTES, 11, 7, 9));
        narrow(
                "vbroadcastss 28(%rax),%ymm9",
                "c4627d18481c", a -> a.memory(Y256, Op.BROADCAST_SCALAR, 9, 0, Reg.RAX, 28));
        narrow(
                "vfmadd231ps -32(%rsp),%ymm9,%ymm12",
                "c46235b86424e0", a -> a.memory(Y256, Op.MULTIPLY_ADD, 12, 9, Reg.RSP, -32));
        narrow("vcvtph2ps %xmm9,%ymm10", "c4427d13d1", a -> a.vector(Y256, Op.HALVES_TO_FLOATS, 10, 0, 9));
        narrow("vextracti128 $1,%ymm9,%xmm9", "c4437d39c901", a -> a.vector(Y256, Op.EXTRACT_128, 9, 0, 9, 1));
    }

    @Test
    void whatShortPrefixesCannotSayIsRefused() {
        List<Consumer<Assembler>> impossible = List.of(
                a -> a.vector(Z512, Op.ADD, 0, 0, 0),
                a -> a.vector(Y256, Op.ADD, 16, 0, 0),
                a -> a.vector(Y256, Op.ADD, 0, 16, 0),
                a -> a.vector(Y256, Op.ADD, 0, 0, 16),
                a -> a.broadcast(Y256, Op.ADD, 0, 0, Reg.RAX, 0),
                a -> a.masked(Y256, Op.LOAD, 1, 0, 0, 0));
        for (Consumer<Assembler> instruction : impossible) {
            assertThatThrownBy(() -> instruction.accept(new Assembler(Encoding.VEX)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void everyInstructionIsCompared() throws IOException {
        String test = Files.readString(Path.of("src/test/java/pie/cpu/machine/AssemblerTest.java"));
        for (Op op : Op.values()) {
            if (op != Op.BROADCAST_GENERAL) { // within constant
                assertThat(test).contains("Op." + op + ",");
            }
        }
    }

    private static void check(String text, String expected, Consumer<Assembler> instruction) {
        check(text, expected, instruction, new Assembler());
    }

    private static void narrow(String text, String expected, Consumer<Assembler> instruction) {
        check(text, expected, instruction, new Assembler(Encoding.VEX));
    }

    private static void check(String text, String expected, Consumer<Assembler> instruction, Assembler assembler) {
        instruction.accept(assembler);
        assertThat(HexFormat.of().formatHex(assembler.bytes())).as(text).isEqualTo(expected);
    }
}
