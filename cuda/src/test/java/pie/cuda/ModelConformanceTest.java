package pie.cuda;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.engine.driver.Driver;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.DriverConformance;
import pie.engine.testing.TestModel;

/** The driver contract, on the default model. */
@Tag("gpu")
@ExtendWith(Gpu.class)
final class ModelConformanceTest extends DriverConformance {
    private final ModelFiles model = Models.open(TestModel.path());

    @Override
    protected Driver open() {
        Gpu.requireFast();
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
