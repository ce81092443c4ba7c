package pie.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads, stores, atomics, asynchronous copies and tensor fragments. */
@ExtendWith(Emulator.class)
final class MemoryOpcodesTest {
    private Ptx ptx;

    @BeforeEach
    void open() {
        ptx = Ptx.open();
    }

    @AfterEach
    void close() {
        ptx.close();
    }

    private void run(String body, int blocks, int threads, ByteBuffer... buffers) {
        int status = ptx.run(Ptx.kernel(buffers.length, body), blocks, threads, 0, buffers);
        assertThat(status).as("%s", Emulator.findings()).isZero();
    }

    private static ByteBuffer random(int bytes, long seed) {
        ByteBuffer buffer = Ptx.bytes(bytes);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < bytes; i++) {
            buffer.put(i, (byte) random.nextInt());
        }
        return buffer;
    }

    @ParameterizedTest
    @CsvSource({
        "u8, 1, 1",
        "u16, 2, 1",
        "u32, 4, 1",
        "u64, 8, 1",
        "v2.u16, 2, 2",
        "v2.u32, 4, 2",
        "v4.u32, 4, 4",
        "v4.f32, 4, 4",
        "v2.u64, 8, 2",
        "v4.u8, 1, 4"
    })
    void copiesOfEachWidth(String type, int size, int count) {
        String[] pool = type.endsWith("f32")
                ? new String[] {"%f1", "%f2", "%f3", "%f4"}
                : size == 8
                        ? new String[] {"%d1", "%d2"}
                        : size == 4
                                ? new String[] {"%r1", "%r2", "%r3", "%r4"}
                                : new String[] {"%h1", "%h2", "%h3", "%h4"};
        String list = count == 1 ? pool[0] : "{" + String.join(", ", java.util.Arrays.copyOf(pool, count)) + "}";
        for (String how : new String[] {"straight", "scattered", "shared", "generic"}) {
            int bytes = size * count;
            ByteBuffer in = random(96 * bytes, bytes);
            ByteBuffer out = Ptx.bytes(96 * bytes);
            String body = Ptx.element("%o0", "%a0", bytes) + Ptx.element("%o1", "%a1", bytes);
            if (how.equals("scattered")) { // lane i reads element i ^ 5: neither contiguous nor uniform
                body += "mov.u32 %r60, %tid.x;\nxor.b32 %r61, %r60, 5;\nmul.wide.u32 %o1, %r61, " + bytes
                        + ";\nadd.s64 %o1, %a1, %o1;\n";
                body += "mul.wide.u32 %o0, %r61, " + bytes + ";\nadd.s64 %o0, %a0, %o0;\n";
            }
            String space = how.equals("generic") ? "" : ".global";
            body += "ld" + space + "." + type + " " + list + ", [%o1];\n";
            if (how.equals("shared")) {
                body += ".shared .align 16 .b8 cells[" + 96 * bytes
                        + "];\nmov.u32 %r60, %tid.x;\nmul.lo.u32 %r60, %r60, " + bytes
                        + ";\nmov.u32 %r61, cells;\nadd.u32 %r60, %r60, %r61;\nst.shared." + type + " [%r60], " + list
                        + ";\nld.shared." + type + " " + list + ", [%r60];\n";
            }
            body += "st" + space + "." + type + " [%o0], " + list + ";\n";
            run(body, 1, 96, out, in);
            assertThat(out).as(how).isEqualTo(in);
        }
    }

    @Test
    void narrowLoadsExtend() {
        ByteBuffer in = random(64, 1);
        ByteBuffer out = Ptx.bytes(64 * 16);
        run(
                Ptx.element("%o1", "%a1", 1) + Ptx.element("%o0", "%a0", 16)
                        + "ld.global.s8 %r1, [%o1];\nld.global.u8 %r2, [%o1];\nld.global.s8 %d3, [%o1];\nst.global.u32 [%o0], %r1;\nst.global.u32 [%o0+4], %r2;\nst.global.u64 [%o0+8], %d3;\n",
                1,
                64,
                out,
                in);
        for (int i = 0; i < 64; i++) {
            assertThat(out.getInt(16 * i)).isEqualTo(in.get(i));
            assertThat(out.getInt(16 * i + 4)).isEqualTo(in.get(i) & 0xFF);
            assertThat(out.getLong(16 * i + 8)).isEqualTo(in.get(i));
        }
    }

    @Test
    void localMemoryIsEachThreadsOwn() {
        ByteBuffer out = Ptx.bytes(4 * 64);
        run("""
                .local .align 4 .b8 depot[16];
                mov.u64 %d1, depot;
                cvta.local.u64 %d2, %d1;
                mov.u32 %r1, %tid.x;
                st.local.u32 [%d1+4], %r1;
                ld.u32 %r2, [%d2+4];
                """ + Ptx.element("%o0", "%a0", 4) + "st.global.u32 [%o0], %r2;\n", 1, 64, out);
        for (int i = 0; i < 64; i++) {
            assertThat(out.getInt(4 * i)).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "add.u32, 8128",
        "max.u32, 127",
        "min.u32, 0",
        "or.b32, 127",
        "and.b32, 0",
        "inc.u32, 128",
        "exch.b32, -1",
        "add.s32, 8128"
    })
    void atomicsOfAllBlocks(String operation, int expected) {
        ByteBuffer cell = Ptx.bytes(4);
        cell.putInt(0, operation.startsWith("min") || operation.startsWith("and") ? -1 : 0);
        String operand = operation.startsWith("inc") ? "100000" : "%r1";
        run(
                "mov.u32 %r2, %ctaid.x;\nmov.u32 %r1, %tid.x;\nmad.lo.u32 %r1, %r2, 32, %r1;\natom.global." + operation
                        + " %r3, [%a0], " + operand + ";\n",
                4,
                32,
                cell);
        if (expected == -1) {
            assertThat(cell.getInt(0)).isBetween(0, 127);
        } else {
            assertThat(cell.getInt(0)).isEqualTo(expected);
        }
    }

    @Test
    void atomicsAnswerWhatWasThere() {
        ByteBuffer cells = Ptx.bytes(4 + 4 * 64);
        run("""
                mov.u32 %r1, %tid.x;
                atom.global.add.u32 %r2, [%a0], 1;
                mul.wide.u32 %d1, %r2, 4;
                add.s64 %d2, %a0, %d1;
                atom.global.cas.b32 %r3, [%d2+4], 0, 1;
                red.global.add.u32 [%d2+4], %r3;
                """, 1, 64, cells);
        assertThat(cells.getInt(0)).isEqualTo(64);
        for (int i = 0; i < 64; i++) {
            assertThat(cells.getInt(4 + 4 * i)).isEqualTo(1); // each place was taken once
        }
    }

    @Test
    void floatAndSharedAtomics() {
        ByteBuffer out = Ptx.bytes(8);
        run("""
                .shared .align 4 .b8 sum[4];
                mov.u32 %r4, sum;
                mov.u32 %r1, %tid.x;
                setp.eq.u32 %p1, %r1, 0;
                mov.f32 %f1, 0f00000000;
                @%p1 st.shared.f32 [%r4], %f1;
                bar.sync 0;
                cvt.rn.f32.u32 %f2, %r1;
                red.shared.add.f32 [%r4], %f2;
                atom.global.add.f32 %f4, [%a0+4], %f2;
                bar.sync 0;
                ld.shared.f32 %f3, [%r4];
                @%p1 st.global.f32 [%a0], %f3;
                """, 1, 64, out);
        assertThat(out.getFloat(0)).isEqualTo(2016f);
        assertThat(out.getFloat(4)).isEqualTo(2016f);
    }

    @Test
    void asynchronousCopiesLandAtTheWait() {
        ByteBuffer in = random(16 * 64, 3);
        ByteBuffer out = Ptx.bytes(16 * 64);
        run(Ptx.element("%o1", "%a1", 16) + Ptx.element("%o0", "%a0", 16) + """
                .shared .align 16 .b8 tile[1024];
                mov.u32 %r4, tile;
                mov.u32 %r1, %tid.x;
                shl.b32 %r2, %r1, 4;
                add.u32 %r3, %r4, %r2;
                cp.async.cg.shared.global [%r3], [%o1], 16;
                cp.async.commit_group;
                cp.async.wait_group 0;
                bar.sync 0;
                xor.b32 %r2, %r2, 1008;
                add.u32 %r3, %r4, %r2;
                ld.shared.v4.u32 {%r5, %r6, %r7, %r8}, [%r3];
                st.global.v4.u32 [%o0], {%r5, %r6, %r7, %r8};
                """, 1, 64, out, in);
        for (int i = 0; i < 64; i++) {
            assertThat(out.slice(16 * i, 16)).isEqualTo(in.slice(16 * (63 - i), 16));
        }
    }

    @Test
    void moduleVariablesHaveTheirInitialValues() {
        ByteBuffer out = Ptx.bytes(4 * 4);
        String text = Ptx.kernel(
                        1,
                        "mov.u32 %r1, %tid.x;\nmul.wide.u32 %d1, %r1, 4;\nmov.u64 %d2, table;\nadd.s64 %d2, %d2, %d1;\nld.global.u32 %r2, [%d2];\n"
                                + Ptx.element("%o0", "%a0", 4) + "st.global.u32 [%o0], %r2;\n")
                .replace(
                        ".visible .entry",
                        ".global .align 4 .u32 table[4] = {7, 0x10, 3, 4294967295};\n.visible .entry");
        assertThat(ptx.run(text, 1, 4, 0, out)).isZero();
        assertThat(new int[] {out.getInt(0), out.getInt(4), out.getInt(8), out.getInt(12)})
                .containsExactly(7, 16, 3, -1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "f16"})
    void tensorProducts(String type) {
        // C (16x8) += A (16x16) B (16x8): fragments are read by ldmatrix and stored by their layout
        SplittableRandom random = new SplittableRandom(4);
        ByteBuffer a = Ptx.bytes(512);
        ByteBuffer b = Ptx.bytes(256);
        float[][] x = new float[16][16];
        float[][] y = new float[16][8];
        for (int i = 0; i < 256; i++) {
            float v = random.nextInt(-8, 9) / 4f;
            x[i / 16][i % 16] = v;
            a.putShort(2 * i, (short) (type.equals("bf16") ? Opcodes.brain(v) : Opcodes.half(v)));
        }
        for (int i = 0; i < 128; i++) { // k rows of n
            float v = random.nextInt(-8, 9) / 4f;
            y[i / 8][i % 8] = v;
            b.putShort(2 * i, (short) (type.equals("bf16") ? Opcodes.brain(v) : Opcodes.half(v)));
        }
        ByteBuffer c = Ptx.bytes(4 * 128);
        String body = """
                .shared .align 16 .b8 sa[512];
                .shared .align 16 .b8 sb[256];
                mov.u32 %r1, %tid.x;
                mul.wide.u32 %d1, %r1, 16;
                add.s64 %d2, %a1, %d1;
                mov.u32 %r2, sa;
                shl.b32 %r3, %r1, 4;
                add.u32 %r4, %r2, %r3;
                ld.global.v4.u32 {%r5, %r6, %r7, %r8}, [%d2];
                st.shared.v4.u32 [%r4], {%r5, %r6, %r7, %r8};
                setp.lt.u32 %p1, %r1, 16;
                mov.u32 %r9, sb;
                add.u32 %r10, %r9, %r3;
                @!%p1 bra LOADED;
                add.s64 %d2, %a2, %d1;
                ld.global.v4.u32 {%r5, %r6, %r7, %r8}, [%d2];
                st.shared.v4.u32 [%r10], {%r5, %r6, %r7, %r8};
                LOADED:
                bar.warp.sync -1;
                and.b32 %r11, %r1, 15;
                shl.b32 %r11, %r11, 5;
                shr.u32 %r12, %r1, 4;
                shl.b32 %r12, %r12, 4;
                add.u32 %r11, %r11, %r12;
                add.u32 %r11, %r11, %r2;
                ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r20, %r21, %r22, %r23}, [%r11];
                and.b32 %r13, %r1, 15;
                shl.b32 %r13, %r13, 4;
                add.u32 %r13, %r13, %r9;
                ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r24, %r25}, [%r13];
                mov.f32 %f1, 0f3F800000;
                mma.sync.aligned.m16n8k16.row.col.f32.TYPE.TYPE.f32 {%f2, %f3, %f4, %f5}, {%r20, %r21, %r22, %r23}, {%r24, %r25}, {%f1, %f1, %f1, %f1};
                shr.u32 %r30, %r1, 2;
                and.b32 %r31, %r1, 3;
                shl.b32 %r31, %r31, 1;
                mad.lo.u32 %r32, %r30, 8, %r31;
                mul.wide.u32 %d3, %r32, 4;
                add.s64 %d4, %a0, %d3;
                st.global.v2.f32 [%d4], {%f2, %f3};
                st.global.v2.f32 [%d4+256], {%f4, %f5};
                """.replace("TYPE", type);
        run(body, 1, 32, c, a, b);
        for (int i = 0; i < 16; i++) {
            for (int j = 0; j < 8; j++) {
                float sum = 1;
                for (int k = 0; k < 16; k++) {
                    sum += x[i][k] * y[k][j];
                }
                assertThat(c.getFloat(4 * (8 * i + j))).as("%d, %d", i, j).isEqualTo(sum);
            }
        }
    }
}
