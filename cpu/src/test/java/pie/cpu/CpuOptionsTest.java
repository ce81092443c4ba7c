package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.model.Models;

class CpuOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "threads, 0",
        "threads, many",
        "threads, 100000",
        "weights, int3",
        "kernels, cuda",
        "attention, fast",
        "warmup, maybe",
        "thread, 2",
    })
    void aWrongOptionIsNamed(String name, String value) {
        assertThatThrownBy(() -> CpuOptions.of(Map.of(name, value))).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(e.details()).containsEntry("option", name);
            assertThat(e.message()).contains(name).contains(value);
        });
    }

    @Test
    void wrongSizesAreNamed() throws Exception {
        DriverConfig d = DriverConfig.DEFAULT;
        refuses("page_size", new DriverConfig("auto", 12, 16, 0, 64, 8, Map.of()));
        refuses("page_size", new DriverConfig("auto", 128, 16, 0, 64, 8, Map.of()));
        refuses("max_context", new DriverConfig("auto", 16, 16, 1 << 20, 64, 8, Map.of()));
        refuses("pages", d.withPages(-1));
        refuses("max_batch_tokens", new DriverConfig("auto", 16, 16, 0, 0, 8, Map.of()));
        refuses("max_batch_size", new DriverConfig("auto", 16, 16, 0, 64, 0, Map.of()));
    }

    private static void refuses(String option, DriverConfig config) throws Exception {
        try (var model = Models.open(TinyModelsTest.directory("tiny-llama"))) {
            assertThatThrownBy(() -> new CpuDriverProvider().open(model, config, line -> {}))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.details()).containsEntry("option", option));
        }
    }

    @Test
    void anUnknownDeviceIsNotFound() throws Exception {
        DriverConfig config = new DriverConfig("cpu:7", 16, 16, 0, 64, 8, Map.of());
        try (var model = Models.open(TinyModelsTest.directory("tiny-llama"))) {
            assertThatThrownBy(() -> new CpuDriverProvider().open(model, config, line -> {}))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    @Test
    void theProviderIsFound() {
        assertThat(ServiceLoader.load(DriverProvider.class))
                .anySatisfy(p -> assertThat(p.kind()).isEqualTo("cpu"));
    }
}
