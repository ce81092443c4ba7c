package pie.cuda;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.engine.driver.Driver;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.testing.DriverConformance;

/** The driver contract with cuBLAS for steps of many rows, whose results then depend on their batch mates, by little. */
@Tag("gpu")
@ExtendWith(Gpu.class)
final class BlasConformanceTest extends DriverConformance {
    private final ModelFiles model;

    BlasConformanceTest() {
        model = TinyModels.open("tiny-qwen2");
    }

    @Override
    protected Driver open() {
        Gpu.require();
        Gpu.requireBlas();
        return new CudaDriverProvider().open(model, CONFIG.withOption("matmuls", "cublas"), line -> {});
    }

    @Override
    protected Optional<ModelConfig> model() {
        return Optional.of(model.config());
    }

    @AfterAll
    void closeModel() {
        model.close();
    }
}
