package pie.engine.driver;

import pie.engine.dummy.HashDriver;
import pie.engine.testing.DriverConformance;
import pie.engine.testing.TinyModel;

final class HashDriverTest extends DriverConformance {
    @Override
    protected Driver open() {
        return new HashDriver(CONFIG, TinyModel.VOCAB, TinyModel.CONTEXT, 1);
    }
}
