package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.cpu.Harness;
import pie.cpu.Harness.Slice;
import pie.cuda.emulator.Emulator;
import pie.engine.driver.DriverConfig;

/** Kernels begin while the one before them ends, where the device can: the tokens are the same with and without. */
@ExtendWith(Emulator.class)
final class EarlyLaunchTest {
    private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6, 5};

    private static List<Integer> tokens(String overlap) {
        DriverConfig config = new DriverConfig("auto", 16, 64, 0, 64, 16, Map.of("overlap", overlap));
        List<Integer> tokens = new ArrayList<>();
        try (var model = TinyModels.open("tiny-llama");
                var driver = new CudaDriverProvider().open(model, config, line -> {})) {
            Harness h = new Harness(driver);
            var context = h.context();
            int token = h.pass(List.of(Slice.drawn(context, PROMPT))).getFirst().token();
            for (int i = 0; i < 12; i++) {
                tokens.add(token);
                token = h.pass(List.of(Slice.drawn(context, new int[] {token})))
                        .getFirst()
                        .token();
            }
        }
        return tokens;
    }

    @Test
    void tokensAreTheSameWithAndWithoutAndOnDevicesThatCannot() {
        List<Integer> early = tokens("true");
        assertThat(Emulator.count("cuLaunchKernelEx")).isPositive();
        Emulator.reset();

        List<Integer> oneByOne = tokens("false");
        assertThat(Emulator.count("cuLaunchKernelEx")).isZero();
        Emulator.reset();

        Emulator.set("capability", 80);
        List<Integer> older = tokens("true");
        assertThat(Emulator.count("cuLaunchKernelEx")).isZero();

        assertThat(early).isEqualTo(oneByOne).isEqualTo(older);
    }
}
