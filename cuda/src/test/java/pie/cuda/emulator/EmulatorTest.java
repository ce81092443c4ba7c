package pie.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.cuda.CudaProbe;

@ExtendWith(Emulator.class)
final class EmulatorTest {
    @Test
    void theDeviceSaysThatItIsNone() {
        assertThat(CudaProbe.probe().devices())
                .singleElement()
                .satisfies(d -> assertThat(d.name()).contains("emulator"));
    }

    @Test
    void aKernelRuns() {
        ByteBuffer numbers = Ptx.bytes(4 * 1000);
        for (int i = 0; i < 1000; i++) {
            numbers.putInt(4 * i, i * i);
        }
        String text = Ptx.kernel(1, """
                mov.u32 %r1, %ctaid.x;
                mov.u32 %r2, %ntid.x;
                mov.u32 %r3, %tid.x;
                mad.lo.s32 %r4, %r1, %r2, %r3;
                setp.ge.s32 %p1, %r4, 1000;
                @%p1 bra DONE;
                mul.wide.s32 %d1, %r4, 4;
                add.s64 %d2, %a0, %d1;
                ld.global.u32 %r5, [%d2];
                add.s32 %r5, %r5, 7;
                st.global.u32 [%d2], %r5;
                DONE:
                """);
        try (Ptx ptx = Ptx.open()) {
            assertThat(ptx.run(text, 8, 128, 0, numbers)).isZero();
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(numbers.getInt(4 * i)).isEqualTo(i * i + 7);
        }
        assertThat(Emulator.count("blocks")).isEqualTo(8);
    }
}
