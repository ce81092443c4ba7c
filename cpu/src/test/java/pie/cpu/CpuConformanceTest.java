package pie.cpu;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import pie.engine.driver.Driver;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.DriverConformance;
import pie.engine.testing.TestModel;

/** The driver contract, on the default model. */
final class CpuConformanceTest extends DriverConformance {
    private final ModelFiles model = Models.open(TestModel.path());

    @Override
    protected Driver open() {
        return new CpuDriverProvider().open(model, Harness.options(CONFIG), line -> {});
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
