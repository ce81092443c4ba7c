package pie.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import pie.cuda.CudaDevice;
import pie.cuda.CudaProbe;
import pie.cuda.CudaReport;
import pie.engine.driver.DriverProvider;

/** Look at what forward passes could run on. */
public final class DeviceChecks {
    private DeviceChecks() {}

    /** List the drivers of this build with their devices; CUDA has its own check. */
    public static List<Finding> drivers() {
        List<Finding> findings = new ArrayList<>();
        for (DriverProvider provider : ServiceLoader.load(DriverProvider.class)) {
            if (provider.kind().equals("cuda")) {
                continue;
            }
            String devices = provider.devices().stream().map(d -> d.name()).collect(Collectors.joining(", "));
            findings.add(
                    devices.isEmpty()
                            ? Finding.note("driver", provider.kind() + " has no device here", "")
                            : Finding.ok("driver", provider.kind() + " on " + devices));
        }
        if (findings.stream().noneMatch(f -> f.status() == Finding.Status.OK)) {
            findings.add(Finding.failed(
                    "driver", "no driver has a device", "build again: rm -r cli/target && ./pie doctor"));
        }
        return findings;
    }

    public static List<Finding> cuda() {
        CudaReport report = CudaProbe.probe();
        if (report.devices().isEmpty()) {
            return report.missing().stream()
                    .map(line -> Finding.note("gpu", line, "models run on the CPU"))
                    .toList();
        }
        List<Finding> findings = new ArrayList<>();
        for (CudaDevice d : report.devices()) {
            String line = "%s: %s, compute capability %s, %d MiB, driver %s"
                    .formatted(
                            d.id(), d.name(), d.computeCapability(), d.memoryTotal() >> 20, report.driverVersionText());
            findings.add(
                    d.usable()
                            ? Finding.ok("gpu", line)
                            : Finding.note(
                                    "gpu", line, "the kernels need compute capability 8.0: models run on the CPU"));
        }
        return findings;
    }
}
