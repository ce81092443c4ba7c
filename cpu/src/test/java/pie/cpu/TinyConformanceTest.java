package pie.cpu;

import java.net.URISyntaxException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import pie.engine.driver.Driver;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.testing.DriverConformance;

/** The driver contract, on a model with biases and shapes that fill no vector, with three threads and a warm-up under way. */
final class TinyConformanceTest extends DriverConformance {
    private final ModelFiles model;

    TinyConformanceTest() throws URISyntaxException {
        model = Models.open(TinyModelsTest.directory("tiny-qwen2"));
    }

    @Override
    protected Driver open() {
        return new CpuDriverProvider().open(model, CONFIG.withOption("threads", "3"), line -> {});
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
