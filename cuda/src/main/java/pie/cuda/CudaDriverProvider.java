package pie.cuda;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DeviceInfo;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.model.ModelFiles;

/** List CUDA devices. Opening one is refused: this build has no kernels for them. */
public final class CudaDriverProvider implements DriverProvider {
    @Override
    public String kind() {
        return "cuda";
    }

    @Override
    public List<DeviceInfo> devices() {
        return CudaProbe.probe().devices().stream()
                .map(d -> new DeviceInfo(d.id(), d.name(), d.memoryTotal()))
                .toList();
    }

    /** @throws PieException NOT_FOUND without a device, UNSUPPORTED with one */
    @Override
    public Driver open(ModelFiles model, DriverConfig config, Consumer<String> progress) {
        CudaReport report = CudaProbe.probe();
        if (report.devices().isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "driver 'cuda' finds no device: " + String.join("; ", report.missing()) + "; use --driver cpu",
                    Map.of("driver", "cuda", "missing", report.missing()));
        }
        throw new PieException(
                ErrorCode.UNSUPPORTED,
                "driver 'cuda' found " + report.devices().getFirst().name()
                        + " but this build of pie has no kernels for it: use --driver cpu",
                Map.of("driver", "cuda"));
    }
}
