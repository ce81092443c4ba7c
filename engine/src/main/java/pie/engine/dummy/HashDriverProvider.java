package pie.engine.dummy;

import java.util.List;
import java.util.function.Consumer;
import pie.engine.driver.DeviceInfo;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.model.ModelFiles;

/** Open drivers that compute nothing, for tests and for measuring all but the model. */
public final class HashDriverProvider implements DriverProvider {
    static final String KIND = "dummy";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public List<DeviceInfo> devices() {
        return List.of(new DeviceInfo("dummy", "hashing stand-in", 0));
    }

    @Override
    public Driver open(ModelFiles model, DriverConfig config, Consumer<String> progress) {
        return new HashDriver(
                config,
                model.config().vocab(),
                model.config().maxContext(),
                model.fingerprint().hashCode());
    }
}
