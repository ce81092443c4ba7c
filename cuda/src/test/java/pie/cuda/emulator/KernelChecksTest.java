package pie.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each thing that a GPU leaves undefined, or answers with an error alone, is found, and its place is named. */
@ExtendWith(Emulator.class)
final class KernelChecksTest {
    private static final String SHARED =
            ".shared .align 16 .b8 s[256];\nmov.u32 %r1, %tid.x;\nmov.u32 %r2, s;\nshl.b32 %r3, %r1, 2;\nadd.u32 %r4, %r2, %r3;\n";

    static Stream<Arguments> defects() {
        return Stream.of(
                Arguments.of(
                        "a byte past the end is read",
                        700,
                        "out-of-bounds read of 1 byte, 1 bytes past the end of an allocation of 256 bytes",
                        "ld.global.u8 %r1, [%a0+255];\nld.global.u8 %r1, [%a0+256];\n"),
                Arguments.of(
                        "a word past the end is written",
                        700,
                        "out-of-bounds write of 4 bytes, 4 bytes past the end",
                        "st.global.u32 [%a0+256], 1;\n"),
                Arguments.of(
                        "a null pointer is read",
                        700,
                        "is in no allocation",
                        "mov.u64 %d1, 0;\nld.global.u32 %r1, [%d1];\n"),
                Arguments.of(
                        "an address is misaligned",
                        716,
                        "misaligned access of 8 bytes",
                        "ld.global.u64 %d1, [%a0+4];\n"),
                Arguments.of(
                        "a vector is misaligned",
                        716,
                        "misaligned access of 16 bytes",
                        "ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%a0+8];\n"),
                Arguments.of(
                        "shared memory is read before it is written",
                        719,
                        "uninitialised read of shared memory",
                        SHARED + "ld.shared.u32 %r5, [%r4];\n"),
                Arguments.of(
                        "shared memory ends",
                        700,
                        "of 256 bytes of shared memory",
                        SHARED + "st.shared.u32 [%r4+4], %r1;\n"),
                Arguments.of(
                        "a write is read without a barrier",
                        719,
                        "read after a write by thread",
                        SHARED
                                + "st.shared.u32 [%r4], %r1;\nsetp.ge.u32 %p1, %r1, 32;\n@%p1 ld.shared.u32 %r6, [%r4+-128];\n"),
                Arguments.of(
                        "a read is overwritten without a barrier",
                        719,
                        "write after a read by thread",
                        SHARED
                                + "st.shared.u32 [%r4], %r1;\nbar.sync 0;\nsetp.lt.u32 %p1, %r1, 32;\n@%p1 ld.shared.u32 %r6, [%r4+128];\n@!%p1 st.shared.u32 [%r4], %r1;\n"),
                Arguments.of(
                        "two threads write one place",
                        719,
                        "write after a write by thread 0",
                        SHARED + "st.shared.u32 [%r2], %r1;\n"),
                Arguments.of(
                        "lanes of a warp race",
                        719,
                        "read after a write by thread",
                        SHARED + "st.shared.u32 [%r4], %r1;\nxor.b32 %r5, %r4, 4;\nld.shared.u32 %r6, [%r5];\n"),
                Arguments.of(
                        "a barrier waits for lanes that go another way",
                        719,
                        "barrier divergence",
                        "mov.u32 %r1, %tid.x;\nsetp.lt.u32 %p1, %r1, 16;\n@%p1 bra A;\nbar.sync 0;\nbra B;\nA:\nbar.sync 0;\nB:\n"),
                Arguments.of(
                        "warps wait at different barriers",
                        719,
                        "barrier divergence: warp 0 waits",
                        "mov.u32 %r1, %tid.x;\nsetp.lt.u32 %p1, %r1, 32;\n@%p1 bra A;\nbar.sync 0;\nbra B;\nA:\nbar.sync 0;\nB:\n"),
                Arguments.of(
                        "a shuffle reads a lane that left",
                        719,
                        "shuffle reads lane 31, which has exited",
                        "mov.u32 %r1, %laneid;\nsetp.eq.u32 %p1, %r1, 31;\n@%p1 ret;\nshfl.sync.idx.b32 %r2, %r1, 31, 31, -1;\n"),
                Arguments.of(
                        "a lane shuffles under a mask without it",
                        719,
                        "not named in the mask",
                        "mov.u32 %r1, %laneid;\nshfl.sync.bfly.b32 %r2, %r1, 1, 31, 0xFF;\n"),
                Arguments.of(
                        "lanes wait for each other at two shuffles",
                        719,
                        "divergence: part of the warp waits",
                        "mov.u32 %r1, %laneid;\nsetp.lt.u32 %p1, %r1, 16;\n@%p1 bra A;\nshfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;\nbra B;\nA:\nshfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;\nB:\n"),
                Arguments.of(
                        "an asynchronous copy is not waited for",
                        719,
                        "a copy by thread",
                        SHARED
                                + "shl.b32 %r6, %r1, 2;\ncvt.u64.u32 %d1, %r6;\nadd.s64 %d2, %a0, %d1;\ncp.async.ca.shared.global [%r4], [%d2], 4;\ncp.async.commit_group;\nbar.sync 0;\nld.shared.u32 %r5, [%r4];\n"),
                Arguments.of(
                        "only the older copies are waited for",
                        719,
                        "a copy by thread",
                        SHARED
                                + "shl.b32 %r6, %r1, 2;\ncvt.u64.u32 %d1, %r6;\nadd.s64 %d2, %a0, %d1;\ncp.async.ca.shared.global [%r4], [%d2], 4;\ncp.async.commit_group;\ncp.async.wait_group 1;\nbar.sync 0;\nld.shared.u32 %r5, [%r4];\n"),
                Arguments.of(
                        "a thread traps",
                        719,
                        "trap in k block(0,0,0) thread(7,0,0)",
                        "mov.u32 %r1, %tid.x;\nsetp.eq.u32 %p1, %r1, 7;\n@%p1 trap;\n"),
                Arguments.of(
                        "local memory ends",
                        700,
                        "of local memory",
                        ".local .align 4 .b8 l[16];\nmov.u64 %d1, l;\nst.local.u32 [%d1+16], 1;\n"),
                Arguments.of("a loop never ends", 702, "ran longer than the budget", "L:\nbra L;\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void defectsAreFound(String name, int status, String finding, String body) {
        Emulator.set("budget", 100_000);
        ByteBuffer some = Ptx.bytes(256);
        ByteBuffer other = Ptx.bytes(256);
        try (Ptx ptx = Ptx.open()) {
            assertThat(ptx.run(Ptx.kernel(2, body), 1, 64, 0, some, other)).isEqualTo(status);
        }
        List<String> findings = Emulator.findings();
        assertThat(findings.getFirst()).contains(finding, "in k block(", "thread(", "ptx:");
        Emulator.reset();
    }

    @Test
    void memoryThatNobodyWroteIsNotRead() {
        try (Ptx ptx = Ptx.open()) {
            jcuda.driver.CUdeviceptr pointer = new jcuda.driver.CUdeviceptr();
            assertThat(jcuda.driver.JCudaDriver.cuMemAlloc(pointer, 64)).isZero();
            ByteBuffer address = Ptx.bytes(8);
            jcuda.driver.JCudaDriver.cuMemsetD8(pointer, (byte) 0, 32);
            String body = "ld.global.u64 %d1, [%a0];\nld.global.u32 %r1, [%d1+28];\nld.global.u32 %r1, [%d1+32];\n";
            address.putLong(0, new Address(pointer).value());
            assertThat(ptx.run(Ptx.kernel(1, body), 1, 1, 0, address)).isEqualTo(700);
            assertThat(Emulator.findings().getFirst())
                    .contains("uninitialised read of 4 bytes at byte 32 of an allocation of 64 bytes");
        }
        Emulator.reset();
    }

    @Test
    void memoryThatWasFreedIsNotRead() {
        try (Ptx ptx = Ptx.open()) {
            jcuda.driver.CUdeviceptr pointer = new jcuda.driver.CUdeviceptr();
            assertThat(jcuda.driver.JCudaDriver.cuMemAlloc(pointer, 64)).isZero();
            jcuda.driver.JCudaDriver.cuMemsetD8(pointer, (byte) 0, 64);
            long address = new Address(pointer).value();
            assertThat(jcuda.driver.JCudaDriver.cuMemFree(pointer)).isZero();
            ByteBuffer where = Ptx.bytes(8);
            where.putLong(0, address);
            assertThat(ptx.run(
                            Ptx.kernel(1, "ld.global.u64 %d1, [%a0];\nld.global.u32 %r1, [%d1+8];\n"), 1, 1, 0, where))
                    .isEqualTo(700);
            assertThat(Emulator.findings().getFirst()).contains("use after free: byte 8");
        }
        Emulator.reset();
    }

    /** JCuda keeps the address to itself and its subclasses. */
    private static final class Address extends jcuda.driver.CUdeviceptr {
        Address(jcuda.driver.CUdeviceptr pointer) {
            super(pointer);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }
}
