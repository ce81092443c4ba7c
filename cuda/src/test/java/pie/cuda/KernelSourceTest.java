package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelSourceTest {
    @ParameterizedTest
    @EnumSource
    void theShippedPtxIsMadeOfTheShippedSources(NumberFormat format) {
        String ptx = KernelSource.ptx(format);
        assertThat(KernelSource.isCurrent(ptx)).as("run ./dev kernels").isTrue();
        assertThat(ptx).contains(".version " + KernelSource.PTX_VERSION + "\n", ".target sm_80");
    }
}
