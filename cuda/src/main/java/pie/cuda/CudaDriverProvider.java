package pie.cuda;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.cuda.api.JCudaApi;
import pie.cuda.model.ModelLoader;
import pie.cuda.model.WeightOutOfRange;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DeviceInfo;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.model.ModelFiles;

/** Open models on CUDA devices. */
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

    @Override
    public Driver open(ModelFiles model, DriverConfig config, Consumer<String> progress) {
        CudaDevice device = device(config.device());
        CudaOptions options = CudaOptions.of(config.options());
        ModelLoader.check(model.config());
        CudaLimits limits = CudaLimits.of(model.config(), config);
        return new CudaDriver(() -> open(device, model, limits, options, progress));
    }

    private static CudaDevice device(String id) {
        CudaReport report = CudaProbe.probe();
        if (report.devices().isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "driver 'cuda' finds no device: " + String.join("; ", report.missing()) + "; use --driver cpu",
                    Map.of("driver", "cuda", "missing", report.missing()));
        }
        for (CudaDevice device : report.devices()) {
            if (device.usable() && (id.equals("auto") || id.equals(device.id()))) {
                return device;
            }
        }
        throw new PieException(
                ErrorCode.NOT_FOUND,
                "no device " + id + " of compute capability 8.0 or more: the cuda driver sees "
                        + String.join(
                                ", ",
                                report.devices().stream()
                                        .map(d -> d.id() + " (" + d.name() + ", " + d.computeCapability() + ")")
                                        .toList()),
                Map.of("driver", "cuda", "device", id));
    }

    /** Run on the thread that owns the device. */
    private static CudaMachine open(
            CudaDevice device, ModelFiles model, CudaLimits limits, CudaOptions options, Consumer<String> progress) {
        try {
            return open(device, model, limits, options.first(), options, progress);
        } catch (WeightOutOfRange e) {
            if (options.weights() != CudaOptions.Weights.AUTO) {
                throw new PieException(ErrorCode.INVALID_ARGUMENT, message(e), Map.of("weights", "f16"), e);
            }
            progress.accept("using bf16: " + message(e));
            return open(device, model, limits, NumberFormat.BF16, options, progress);
        }
    }

    private static String message(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }

    private static CudaMachine open(
            CudaDevice device,
            ModelFiles model,
            CudaLimits limits,
            NumberFormat format,
            CudaOptions options,
            Consumer<String> progress) {
        CudaApi api = null;
        try {
            api = JCudaApi.open(device.ordinal());
            return CudaMachine.open(api, model, limits, format, options, progress);
        } catch (CudaCallException e) {
            close(api);
            throw new PieException(
                    ErrorCode.DRIVER_FAILURE,
                    "opening " + device.id() + " (" + device.name() + ") failed: " + e.getMessage(),
                    Map.of("driver", "cuda", "device", device.id()),
                    e);
        } catch (LinkageError e) {
            throw new PieException(
                    ErrorCode.DRIVER_FAILURE,
                    "JCuda's native library cannot be loaded: " + e.getMessage() + "; use --driver cpu",
                    Map.of("driver", "cuda"),
                    e);
        } catch (RuntimeException | Error e) {
            close(api);
            throw e;
        }
    }

    private static void close(@org.jspecify.annotations.Nullable CudaApi api) {
        if (api != null) {
            api.close();
        }
    }
}
