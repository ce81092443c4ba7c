package pie.cpu.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import pie.engine.model.Dequantizer;
import pie.engine.model.Tensor;
import pie.engine.model.TensorType;

class RoundingTest {
    private static final int COLUMNS = 128;

    @Test
    void blocksAreReadBackToHalfAStep() {
        Random random = new Random(1);
        float[] row = new float[COLUMNS];
        for (int i = 32; i < COLUMNS; i++) { // the first block is all zeros
            row[i] = (float) random.nextGaussian() * (1 + i / 32);
        }
        float[] eight = read(TensorType.Q8_0, Rounding.q80(row));
        float[] four = read(TensorType.Q4_1, Rounding.q41(row));
        for (int block = 0; block < COLUMNS / 32; block++) {
            float least = 0;
            float most = 0;
            for (int i = block * 32; i < block * 32 + 32; i++) {
                least = Math.min(least, row[i]);
                most = Math.max(most, row[i]);
            }
            for (int i = block * 32; i < block * 32 + 32; i++) {
                float step8 = Math.max(most, -least) / 127;
                assertThat(eight[i]).isCloseTo(row[i], Offset.offset(0.6f * step8 + 1e-6f));
                float step4 = (most - least) / 15;
                assertThat(four[i]).isCloseTo(row[i], Offset.offset(0.6f * step4 + 1e-6f));
            }
        }
    }

    private static float[] read(TensorType type, MemorySegment blocks) {
        return Dequantizer.row(new Tensor("t", type, 1, COLUMNS, blocks), 0);
    }
}
