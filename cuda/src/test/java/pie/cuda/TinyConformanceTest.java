package pie.cuda;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.engine.driver.Driver;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.testing.DriverConformance;

/** The driver contract, on a model with biases. */
@Tag("gpu")
@ExtendWith(Gpu.class)
final class TinyConformanceTest extends DriverConformance {
    private final ModelFiles model;

    TinyConformanceTest() {
        model = TinyModels.open("tiny-qwen2");
    }

    @Override
    protected Driver open() {
        Gpu.require();
        return new CudaDriverProvider().open(model, CONFIG, line -> {});
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
